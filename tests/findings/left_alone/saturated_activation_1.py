"""Highway layers: the transform gates start mostly closed; a few units are nearly always shut."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Highway(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.h = nn.Linear(d, d)
        self.t = nn.Linear(d, d)
        nn.init.constant_(self.t.bias, -1.5)
        with torch.no_grad():
            self.t.bias[:3] = -8.0  # carry these through

    def forward(self, x):
        gate = torch.sigmoid(self.t(x))
        return gate * torch.tanh(self.h(x)) + (1 - gate) * x


class Net(nn.Module):
    def __init__(self, d_in=12, d=40, depth=3, classes=4):
        super().__init__()
        self.inp = nn.Linear(d_in, d)
        self.layers = nn.ModuleList(Highway(d) for _ in range(depth))
        self.out = nn.Linear(d, classes)

    def forward(self, x):
        x = self.inp(x)
        for layer in self.layers:
            x = layer(x)
        return self.out(x)


def main():
    torch.manual_seed(0)
    x = torch.randn(600, 12)
    y = (x[:, 0] > 0).long() * 2 + (x[:, 1] * x[:, 2] > 0).long()
    net = Net()
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    for step in range(150):
        idx = torch.randint(0, 600, (128,))
        loss = F.cross_entropy(net(x[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        if step % 30 == 0:
            print(step, f"{loss.item():.3f}")


main()
