import copy
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
X = torch.randn(64, 8); Y = (X[:, 0] > 0).long(); T = X[:, :1] * 2

class Body(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.bn = nn.Linear(8, 16), nn.BatchNorm1d(16)
    def forward(self, x): return torch.relu(self.bn(self.a(x)))
body, head = Body(), nn.Linear(16, 2)
body.eval()   # fine-tune with the statistics of the pre-training
opt = torch.optim.SGD([*body.parameters(), *head.parameters()], lr=0.01)
for _ in range(8):
    loss = F.cross_entropy(head(body(X)), Y)
    opt.zero_grad(); loss.backward(); opt.step()
print(loss.item())
