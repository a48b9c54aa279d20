import copy
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
X = torch.randn(64, 8); Y = (X[:, 0] > 0).long(); T = X[:, :1] * 2

shared = nn.Linear(8, 1)
opt = torch.optim.Adam(shared.parameters(), lr=0.05)
for i in range(6):
    local = copy.deepcopy(shared)
    loss = F.mse_loss(local(X), T)
    loss.backward()
    for p, q in zip(shared.parameters(), local.parameters()):
        p.grad = q.grad.clone()
    opt.step()
print(loss.item())
