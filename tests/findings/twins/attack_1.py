# FGSM and PGD on a trained model: gradients of the input only, model frozen and in eval mode
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
X = torch.rand(300, 10)
Y = (X[:, :5].sum(1) > X[:, 5:].sum(1)).long()
net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 2))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(100):
    opt.zero_grad()
    F.cross_entropy(net(X), Y).backward()
    opt.step()

net.eval()
for p in net.parameters():
    p.requires_grad_(False)


def fgsm(x, y, eps):
    x = x.clone().requires_grad_(True)
    F.cross_entropy(net(x), y).backward()
    return (x + eps * x.grad.sign()).clamp(0, 1).detach()


def pgd(x, y, eps, alpha, steps):
    adv = (x + torch.empty_like(x).uniform_(-eps, eps)).clamp(0, 1)
    for _ in range(steps):
        adv.requires_grad_(True)
        loss = F.cross_entropy(net(adv), y)
        g, = torch.autograd.grad(loss, adv)
        adv = adv.detach() + alpha * g.sign()
        adv = torch.min(torch.max(adv, x - eps), x + eps).clamp(0, 1)
    return adv


acc = lambda x: (net(x).argmax(1) == Y).float().mean().item()
print("clean", acc(X), "fgsm", acc(fgsm(X, Y, 0.1)), "pgd", acc(pgd(X, Y, 0.1, 0.03, 10)))
