import copy
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
X = torch.randn(64, 8); Y = (X[:, 0] > 0).long(); T = X[:, :1] * 2

class VQ(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc, self.dec = nn.Linear(8, 4), nn.Linear(4, 8)
        self.codebook = nn.Embedding(16, 4)
    def forward(self, x):
        h = self.enc(x)
        idx = torch.cdist(h.detach(), self.codebook.weight.detach()).argmin(1)
        q = self.codebook(idx)
        if self.training:
            with torch.no_grad():
                one = F.one_hot(idx, 16).float()
                n = one.sum(0, keepdim=True).T
                mean = one.T @ h / n.clamp(min=1)
                self.codebook.weight.data.copy_(torch.where(n > 0, 0.9 * self.codebook.weight + 0.1 * mean, self.codebook.weight))
        commit = F.mse_loss(h, q.detach())
        q = h + (q - h).detach()
        return self.dec(q), commit
net = VQ()
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(10):
    out, commit = net(X)
    loss = F.mse_loss(out, X) + 0.25 * commit
    opt.zero_grad(); loss.backward(); opt.step()
print(loss.item())
