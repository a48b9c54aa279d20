import copy
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
X = torch.randn(64, 8); Y = (X[:, 0] > 0).long(); T = X[:, :1] * 2

class Old(torch.optim.Optimizer):
    def __init__(self, params, lr):
        super().__init__(params, dict(lr=lr))
    def step(self, closure=None):
        for g in self.param_groups:
            for p in g["params"]:
                if p.grad is not None:
                    p.data.add_(p.grad.data, alpha=-g["lr"])
net = nn.Sequential(nn.Linear(8, 200), nn.ReLU(), nn.Linear(200, 200), nn.ReLU(), nn.Linear(200, 200, bias=False))
for p in net.parameters():
    if p.dim() == 1: p.requires_grad_(False)
opt = Old(net.parameters(), lr=0.01)
for _ in range(10):
    opt.zero_grad(); loss = F.mse_loss(net(X).mean(1, keepdim=True), T); loss.backward(); opt.step()
print(loss.item())
