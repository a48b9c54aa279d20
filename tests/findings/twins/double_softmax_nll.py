import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 3), nn.LogSoftmax(dim=1))
loss = nn.functional.nll_loss(model(torch.randn(5, 4)), torch.tensor([0, 1, 2, 0, 1]))
loss.backward()
