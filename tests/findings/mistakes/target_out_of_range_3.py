"""Star ratings 1..5 from review features."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Rater(nn.Module):
    def __init__(self, d, stars=5):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(d, 32), nn.ReLU(), nn.Linear(32, stars))  # HERE

    def forward(self, x):
        return self.mlp(x)


def reviews(n, d):
    x = torch.randn(n, d)
    quality = x[:, :3].sum(1)
    stars = (quality + 3).round().clamp(1, 5).long()  # HERE
    return x, stars


torch.manual_seed(30)
x, stars = reviews(500, 10)
net = Rater(10)
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(3):
    for k in torch.randperm(500).split(50):
        opt.zero_grad()
        loss = F.cross_entropy(net(x[k]), stars[k])  # HERE
        loss.backward()
        opt.step()
    print(epoch, loss.item())
