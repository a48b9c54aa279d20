"""Sixteen tanh layers, but residual with LayerNorm."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class ResBlock(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.norm = nn.LayerNorm(d)
        self.lin = nn.Linear(d, d)

    def forward(self, x):
        return x + torch.tanh(self.lin(self.norm(x)))


class DeepNet(nn.Module):
    def __init__(self, d_in=20, d=32, depth=16, classes=3):
        super().__init__()
        self.stem = nn.Linear(d_in, d)
        self.blocks = nn.ModuleList(ResBlock(d) for _ in range(depth))
        self.norm = nn.LayerNorm(d)
        self.head = nn.Linear(d, classes)

    def forward(self, x):
        x = self.stem(x)
        for b in self.blocks:
            x = b(x)
        return self.head(self.norm(x))


def main():
    torch.manual_seed(0)
    x = torch.randn(512, 20)
    y = x[:, :3].argmax(1)
    net = DeepNet()
    opt = torch.optim.Adam(net.parameters(), lr=1e-3)
    for step in range(80):
        idx = torch.randint(0, 512, (64,))
        loss = F.cross_entropy(net(x[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        if step % 20 == 0:
            print(step, round(loss.item(), 3))


main()
