import copy
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
X = torch.randn(64, 8); Y = (X[:, 0] > 0).long(); T = X[:, :1] * 2

heads = nn.ModuleList(nn.Linear(8, 1) for _ in range(4))
opt = torch.optim.SGD(heads.parameters(), lr=0.05)
last = {}
for i in range(12):
    loss = F.mse_loss(heads[i % 4](X), T)
    opt.zero_grad(); loss.backward(); opt.step()
    last[i % 4] = loss
print({k: v.item() for k, v in last.items()})
