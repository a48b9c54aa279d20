import torch

order = []
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 3
y.register_hook(lambda g: order.append("tensor") or g * 10)
y.grad_fn.register_prehook(lambda g: order.append("pre"))
y.grad_fn.register_hook(lambda i, o: order.append("post"))
x.register_hook(lambda g: g + 1)
x.register_post_accumulate_grad_hook(lambda t: order.append(("accumulated", t.grad.tolist())))
y.sum().backward()
print(order, x.grad.tolist())
torch.manual_seed(0)
layer = torch.nn.Linear(2, 1)
layer.register_forward_hook(lambda m, i, o: o * 0)
layer.register_full_backward_hook(lambda m, i, o: order.append("module"))
torch.manual_seed(0)
print(layer(torch.ones(1, 2, requires_grad=True)).tolist())
