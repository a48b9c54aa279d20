import copy
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
X = torch.randn(64, 8); Y = (X[:, 0] > 0).long(); T = X[:, :1] * 2

rng = np.random.default_rng(0)
buf = np.zeros((8, 3), dtype=np.float32)
x = torch.from_numpy(buf)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.05)
for step in range(10):
    buf[:] = rng.normal(size=(8, 3))
    loss = F.mse_loss(model(x), x.sum(1, keepdim=True))
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
