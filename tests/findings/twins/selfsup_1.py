"""SimSiam with stop-gradient on tiny vectors."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class SimSiam(nn.Module):
    def __init__(self, d=16, h=32):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(d, h), nn.BatchNorm1d(h), nn.ReLU(), nn.Linear(h, h), nn.BatchNorm1d(h, affine=False))
        self.predictor = nn.Sequential(nn.Linear(h, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, h))

    def forward(self, x1, x2):
        z1, z2 = self.encoder(x1), self.encoder(x2)
        return self.predictor(z1), self.predictor(z2), z1.detach(), z2.detach()


def D(p, z):
    return -F.cosine_similarity(p, z, dim=-1).mean()


torch.manual_seed(0)
net = SimSiam()
optim = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
base = torch.randn(512, 16)
for epoch in range(6):
    losses = []
    for idx in torch.randperm(512).split(64):
        x = base[idx]
        a = x + 0.2 * torch.randn_like(x)
        b = x * (torch.rand_like(x) > 0.1)
        p1, p2, z1, z2 = net(a, b)
        loss = (D(p1, z2) + D(p2, z1)) / 2
        optim.zero_grad()
        loss.backward()
        optim.step()
        losses.append(loss.item())
    print(epoch, sum(losses) / len(losses), "std of z", F.normalize(z1, dim=1).std(0).mean().item())
