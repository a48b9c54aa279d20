"""Activation checkpointing of residual blocks with dropout."""
import torch
import torch.nn as nn
from torch.utils.checkpoint import checkpoint


class Res(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.body = nn.Sequential(nn.LayerNorm(d), nn.Linear(d, d), nn.GELU(), nn.Dropout(0.05), nn.Linear(d, d))

    def forward(self, x):
        return x + self.body(x)


class Deep(nn.Module):
    def __init__(self, d=32, n=6):
        super().__init__()
        self.inp, self.out = nn.Linear(3, d), nn.Linear(d, 1)
        self.blocks = nn.ModuleList(Res(d) for _ in range(n))

    def forward(self, x):
        h = self.inp(x)
        for b in self.blocks:
            if self.training:
                h = checkpoint(b, h, use_reentrant=False)
            else:
                h = b(h)
        return self.out(h)


torch.manual_seed(0)
net = Deep()
opt = torch.optim.AdamW(net.parameters(), lr=2e-3)
for step in range(60):
    x = torch.randn(64, 3)
    y = x.prod(1, keepdim=True)
    loss = nn.functional.mse_loss(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
net.eval()
with torch.no_grad():
    x = torch.randn(256, 3)
    print("eval", nn.functional.mse_loss(net(x), x.prod(1, keepdim=True)).item())
