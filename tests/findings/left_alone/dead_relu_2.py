"""Linear SVM-like hinge loss: relu(margin - y*f) becomes zero once everything is separated."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(3)

n = 300
y = torch.randint(0, 2, (n,)).float() * 2 - 1
x = torch.randn(n, 8)
x[:, 0] = 4 * y + 0.5 * torch.randn(n)

net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=0.01)


def hinge(score, target, margin=1.0):
    return F.relu(margin - target * score).mean()


for epoch in range(100):
    score = net(x).squeeze(1)
    loss = hinge(score, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if epoch % 20 == 0:
        acc = (score.sign() == y).float().mean().item()
        print(f"epoch {epoch:3d} hinge {loss.item():.4f} acc {acc:.3f}")
