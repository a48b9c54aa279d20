import torch
from torch import nn

model = nn.Sequential(nn.Linear(20, 30), nn.ReLU(), nn.Linear(30, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for x in torch.randn(4, 8, 20):
    optimizer.zero_grad(set_to_none=False)
    model(x).pow(2).mean().backward()
    optimizer.step()
