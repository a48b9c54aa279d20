import copy
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
X = torch.randn(64, 8); Y = (X[:, 0] > 0).long(); T = X[:, :1] * 2

G = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 8)).eval().requires_grad_(False)
z = torch.zeros(64, 4, requires_grad=True)
opt = torch.optim.Adam([z], lr=0.1)
for _ in range(10):
    opt.zero_grad(); loss = F.mse_loss(G(z), X); loss.backward(); opt.step()
print(loss.item())
