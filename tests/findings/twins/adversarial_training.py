"""PGD adversarial training: eval mode while attacking, train mode for the update."""
import torch
import torch.nn as nn
import torch.nn.functional as F


def pgd(model, x, y, eps=0.25, step=0.1, n=4):
    was_training = model.training
    model.eval()
    delta = torch.empty_like(x).uniform_(-eps, eps)
    for _ in range(n):
        delta.requires_grad_(True)
        loss = F.cross_entropy(model(x + delta), y)
        g, = torch.autograd.grad(loss, delta)
        delta = (delta.detach() + step * g.sign()).clamp(-eps, eps)
    model.train(was_training)
    return (x + delta).detach()


class Robust:
    def __init__(self, net):
        self.net = net
        self.opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, nesterov=True)

    def epoch(self, x, y):
        self.net.train()
        for k in torch.randperm(len(x)).split(50):
            adv = pgd(self.net, x[k], y[k])
            self.opt.zero_grad()
            loss = 0.5 * F.cross_entropy(self.net(adv), y[k]) + 0.5 * F.cross_entropy(self.net(x[k]), y[k])
            loss.backward()
            self.opt.step()
        return loss.item()

    def evaluate(self, x, y):
        self.net.eval()
        adv = pgd(self.net, x, y)
        with torch.no_grad():
            return [(self.net(v).argmax(1) == y).float().mean().item() for v in (x, adv)]


torch.manual_seed(11)
mu = torch.randn(3, 10)
y = torch.randint(0, 3, (600,))
x = mu[y] + 0.6 * torch.randn(600, 10)
r = Robust(nn.Sequential(nn.Linear(10, 48), nn.BatchNorm1d(48), nn.ReLU(), nn.Linear(48, 3)))
for ep in range(6):
    l = r.epoch(x[:500], y[:500])
    print(ep, round(l, 4), "clean/adv", r.evaluate(x[500:], y[500:]))
