import torch
from torch.func import functional_call, grad, jacrev, vmap


def f(x):
    return (x**2).sum()


x = torch.tensor([1.0, 2.0, 3.0])
print(grad(f)(x).tolist())
print(vmap(lambda row: row * row.sum())(torch.ones(2, 3)).tolist())
print(jacrev(torch.sin)(x).diagonal().tolist())
print(vmap(grad(f))(torch.ones(2, 3)).tolist())
torch.manual_seed(0)
layer = torch.nn.Linear(2, 1)
print(functional_call(layer, {"weight": torch.ones(1, 2), "bias": torch.zeros(1)}, torch.ones(1, 2)).tolist())
