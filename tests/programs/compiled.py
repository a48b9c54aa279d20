import torch


@torch.compile
def f(x):
    return (x * 2).sin().sum()


x = torch.tensor([1.0, 2.0], requires_grad=True)
y = f(x)
y.backward()
print(round(y.item(), 4), [round(g, 4) for g in x.grad.tolist()])
model = torch.compile(torch.nn.Linear(2, 1))
print(type(model).__name__, list(model.state_dict()))
