"""Metric learning: softmax loss plus center loss with learnable centres."""
import torch
from torch import nn
import torch.nn.functional as F


class CenterLoss(nn.Module):
    def __init__(self, k, d):
        super().__init__()
        self.centers = nn.Parameter(torch.randn(k, d))

    def forward(self, z, y):
        return (z - self.centers[y]).pow(2).sum(1).mean()


class Embed(nn.Module):
    def __init__(self, din, d, k):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(din, 32), nn.PReLU(), nn.Linear(32, d))
        self.cls = nn.Linear(d, k)

    def forward(self, x):
        z = self.body(x)
        return z, self.cls(z)


def build(seed):
    torch.manual_seed(seed)
    model = Embed(8, 2, 4)
    center_loss = CenterLoss(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)  # HERE
    return model, center_loss, optimizer


def main():
    model, center_loss, optimizer = build(12)
    mu = 2 * torch.randn(4, 8)
    y = torch.randint(0, 4, (500,))
    x = mu[y] + torch.randn(500, 8)
    for epoch in range(6):
        for k in torch.randperm(400).split(40):
            z, logits = model(x[k])
            loss = F.cross_entropy(logits, y[k]) + 0.1 * center_loss(z, y[k])
            model.zero_grad()
            center_loss.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            acc = (model(x[400:])[1].argmax(1) == y[400:]).float().mean().item()
        print(f"{epoch} loss={loss.item():.3f} acc={acc:.3f}")


main()
