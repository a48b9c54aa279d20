# fixed random features held as parameters with requires_grad=False, all passed to the optimizer
import math
import torch
from torch import nn

torch.manual_seed(0)


class RFF(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.omega = nn.Parameter(torch.randn(d, m), requires_grad=False)
        self.phase = nn.Parameter(2 * math.pi * torch.rand(m), requires_grad=False)
        self.mean = nn.Parameter(torch.zeros(()), requires_grad=False)
        self.lin = nn.Linear(m, 1)

    def forward(self, x):
        if self.training:
            with torch.no_grad():
                self.mean.mul_(0.9).add_(0.1 * x.mean())
        z = math.sqrt(2) * torch.cos((x - self.mean) @ self.omega + self.phase)
        return self.lin(z / math.sqrt(z.size(1)))


m = RFF(2, 200)
opt = torch.optim.SGD(m.parameters(), lr=0.5, momentum=0.9)
for step in range(200):
    x = torch.randn(64, 2) + 1
    y = torch.sin(x[:, :1]) * torch.cos(x[:, 1:])
    loss = (m(x) - y).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 50 == 49:
        print(step + 1, loss.item(), "running mean", round(m.mean.item(), 3))
