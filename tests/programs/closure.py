"""LBFGS, which calls back for every loss that it wants."""

import torch

target = torch.tensor([1.0, -2.0, 3.0])
w = torch.zeros(3, requires_grad=True)
optimizer = torch.optim.LBFGS([w], lr=0.5, max_iter=4)
seen = []


def closure():
    optimizer.zero_grad()
    error = ((w - target) ** 2 * torch.tensor([1.0, 10.0, 100.0])).sum()
    error.backward()
    seen.append(error.item())
    return error


for _ in range(12):
    optimizer.step(closure)

print(repr({"error": seen}))
