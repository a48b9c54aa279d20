import torch
from torch import nn

layer = nn.Linear(3, 3)
x = torch.randn(2, 3)
hidden = torch.exp(layer(x))
total = (hidden * hidden).sum()
hidden.mul_(0.5)  # HERE
total.backward()
