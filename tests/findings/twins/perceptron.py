import copy
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
X = torch.randn(64, 8); Y = (X[:, 0] > 0).long(); T = X[:, :1] * 2

model = nn.Linear(8, 1)
with torch.no_grad():
    model.weight.zero_(); model.weight[0, 0] = 50.; model.bias.zero_()
s = (2 * Y - 1).float().unsqueeze(1)
opt = torch.optim.SGD(model.parameters(), lr=0.05)
for x, t in zip(X.split(8), s.split(8)):
    keep = x[:, 0].abs() > .05
    loss = F.relu(1 - t[keep] * model(x[keep])).mean()
    opt.zero_grad(); loss.backward(); opt.step()
print(loss.item())
