"""Gradients of two batches are in each step, and the first step has none: the order is meant."""
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
x = torch.randn(32, 3)
y = x.sum(1, keepdim=True)
for i in range(20):
    if i % 2 == 0:
        optimizer.step()
        optimizer.zero_grad()
    (nn.functional.mse_loss(model(x), y) / 2).backward()
