"""Adversarial training: inner attack in eval mode with its own gradients, then the outer step."""
import torch
import torch.nn as nn
import torch.nn.functional as F


def attack(model, x, y, eps=0.15, steps=3):
    model.eval()
    delta = torch.zeros_like(x, requires_grad=True)
    for _ in range(steps):
        loss = F.cross_entropy(model(x + delta), y)
        loss.backward()
        delta.data = (delta + eps / 2 * delta.grad.sign()).clamp(-eps, eps)
        delta.grad.zero_()
    model.train()
    return (x + delta).detach()


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 48), nn.BatchNorm1d(48), nn.ReLU(), nn.Linear(48, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
X = torch.randn(256, 6)
Y = (X[:, 0] + X[:, 1] > 0).long()
for epoch in range(6):
    tot = 0.0
    for idx in torch.randperm(256).split(64):
        x_adv = attack(model, X[idx], Y[idx])
        optimizer.zero_grad()  # also drops what the attack left in the weights
        loss = F.cross_entropy(model(x_adv), Y[idx])
        loss.backward()
        optimizer.step()
        tot += loss.item()
    print(epoch, tot / 4)
adv = attack(model, X, Y)
model.eval()
with torch.no_grad():
    print("robust acc", (model(adv).argmax(1) == Y).float().mean().item())
