import copy
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
X = torch.randn(64, 8); Y = (X[:, 0] > 0).long(); T = X[:, :1] * 2

model = nn.Linear(8, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.05)
opt.zero_grad()
for i in range(16):
    if i % 4 == 0:
        opt.step()
        opt.zero_grad()
    F.mse_loss(model(X), T).backward()
