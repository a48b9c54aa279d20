import torch
from torch import nn

x = torch.ones(4, 3)
target = torch.zeros(4)
scores = x.sum(dim=1)
loss = nn.functional.mse_loss(scores, target)
loss.backward()  # HERE
