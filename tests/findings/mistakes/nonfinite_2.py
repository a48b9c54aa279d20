import torch
from torch import nn


def standardise(x):
    return (x - x.mean(dim=0)) / x.std(dim=0)  # HERE


model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.tensor([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]])
weights = torch.ones(2, requires_grad=True)
out = model(standardise(x * weights))
loss = out.pow(2).mean()
optimizer.zero_grad()
loss.backward()
optimizer.step()
