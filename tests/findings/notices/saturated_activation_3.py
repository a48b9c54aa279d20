"""Small tanh network on the two-spirals data."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class SpiralNet(nn.Module):
    def __init__(self, hidden=64):
        super().__init__()
        self.l1 = nn.Linear(2, hidden)  # HERE
        self.l2 = nn.Linear(hidden, hidden)  # HERE
        self.l3 = nn.Linear(hidden, 2)
        for layer in (self.l1, self.l2, self.l3):
            nn.init.normal_(layer.weight, mean=0.0, std=10.0)  # HERE
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        h = torch.tanh(self.l1(x))  # HERE
        h = torch.tanh(self.l2(h))  # HERE
        return self.l3(h)


def spirals(n):
    t = torch.sqrt(torch.rand(n)) * 3 * math.pi
    label = torch.randint(0, 2, (n,))
    r = t + math.pi * 0.2
    ang = t + math.pi * label
    pts = torch.stack([r * ang.cos(), r * ang.sin()], dim=1) / 3
    return pts + 0.05 * torch.randn(n, 2), label


def accuracy(model, x, y):
    with torch.no_grad():
        return (model(x).argmax(1) == y).float().mean().item()


def train(model, x, y, epochs=20, bs=64, lr=0.01):
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    for epoch in range(epochs):
        perm = torch.randperm(len(x))
        running = 0.0
        for i in range(0, len(x), bs):
            idx = perm[i:i + bs]
            loss = F.cross_entropy(model(x[idx]), y[idx])
            opt.zero_grad()
            loss.backward()
            opt.step()
            running += loss.item() * len(idx)
        if epoch % 5 == 0:
            print(f"epoch {epoch} loss {running / len(x):.3f} acc {accuracy(model, x, y):.3f}")


def main():
    torch.manual_seed(7)
    x, y = spirals(800)
    train(SpiralNet(), x, y)


if __name__ == "__main__":
    main()
