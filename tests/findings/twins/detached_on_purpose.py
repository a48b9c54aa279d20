import torch
from torch import nn

online, target = nn.Linear(3, 1), nn.Linear(3, 1)
x = torch.randn(4, 3)
goal = target(x).detach()
loss = (online(x) - goal).pow(2).mean()
loss.backward()
