"""lr set by hand in the parameter groups each iteration (first one is 0)."""
import torch
from torch import nn


def adjust_lr(optimizer, it, base, warmup):
    lr = base * min(1.0, it / warmup)
    for g in optimizer.param_groups:
        g["lr"] = lr * g.get("scale", 1.0)
    return lr


def run():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(10, 20), nn.ReLU(), nn.Linear(20, 4))
    opt = torch.optim.SGD([
        {"params": net[0].parameters(), "scale": 0.5},
        {"params": net[2].parameters()},
    ], lr=0.0, momentum=0.9)
    X = torch.randn(256, 10)
    Y = X[:, :4].argmax(1)
    for it in range(160):
        lr = adjust_lr(opt, it, 0.1, 10)
        idx = torch.randint(0, 256, (32,))
        out = net(X[idx])
        loss = nn.functional.cross_entropy(out, Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        if it in (0, 1, 10, 80, 159):
            print(it, lr, loss.item())


run()
