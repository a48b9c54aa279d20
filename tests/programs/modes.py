import torch

x = torch.ones(3, requires_grad=True)
with torch.no_grad():
    a = x * 2
print(a.requires_grad, a.is_leaf)
with torch.inference_mode():
    b = x * 3
print(b.is_inference(), b.tolist())
c = (x * 4).detach()
print(c.requires_grad)
y = x**3
y.retain_grad()
z = y.sum()
z.backward(retain_graph=True)
z.backward()
print(x.grad.tolist(), y.grad.tolist())
x.grad = None
(g,) = torch.autograd.grad((x**4).sum(), x, create_graph=True)
(h,) = torch.autograd.grad(g.sum(), x)
print(g.tolist(), h.tolist())
(x * 2).backward(gradient=torch.tensor([1.0, 2.0, 3.0]))
print(x.grad.tolist())
with torch.device("cpu"):
    print(torch.zeros(2).device)
with torch.set_grad_enabled(False):
    print((x * 2).requires_grad)
