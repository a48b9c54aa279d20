import copy
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
X = torch.randn(64, 8); Y = (X[:, 0] > 0).long(); T = X[:, :1] * 2

model = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 1))
opt = torch.optim.SGD(model.parameters(), lr=0.05)
for _ in range(6):
    for p in model.parameters():
        if p.grad is not None:
            p.grad.data.fill_(0)
    loss = F.mse_loss(model(X), T)
    loss.backward()
    opt.step()
