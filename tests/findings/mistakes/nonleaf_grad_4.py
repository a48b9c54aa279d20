# Adversarial robustness check: FGSM on a small trained model.
import torch
from torch import nn

torch.manual_seed(9)

centers = torch.tensor([[1.5, 0.0], [-1.0, 1.3], [-1.0, -1.3]])
labels = torch.arange(3).repeat(60)
points = centers[labels] + 0.4 * torch.randn(180, 2)

net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 3))
opt = torch.optim.Adam(net.parameters(), lr=0.02)
ce = nn.CrossEntropyLoss()
for _ in range(60):
    opt.zero_grad()
    ce(net(points), labels).backward()
    opt.step()


def attacker(model, eps):
    model.eval()

    def attack(x, y):
        adv = x.clone().requires_grad_(True)
        scaled = adv.clamp(-4, 4)  # HERE
        model.zero_grad()
        ce(model(scaled), y).backward()
        g = scaled.grad  # HERE
        if g is None:
            return x
        return (x + eps * g.sign()).detach()

    return attack


def accuracy(x, y):
    with torch.no_grad():
        return (net(x).argmax(1) == y).float().mean().item()


for eps in (0.0, 0.2, 0.5, 1.0):
    fgsm = attacker(net, eps)
    print(f"eps {eps}: accuracy {accuracy(fgsm(points, labels), labels):.3f}")
