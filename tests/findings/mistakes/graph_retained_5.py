"""Siamese tracker head, with the usual AverageMeter."""
from collections import OrderedDict
import torch
import torch.nn as nn
import torch.nn.functional as F


class AverageMeter:
    def __init__(self):
        self.reset()

    def reset(self):
        self.val = self.avg = self.sum = 0
        self.count = 0

    def update(self, val, n=1):
        self.val = val
        self.sum += val * n  # HERE
        self.count += n
        self.avg = self.sum / self.count


class Actor:
    def __init__(self, net):
        self.net = net

    def __call__(self, d):
        iou = self.net(torch.cat([d["template"], d["search"]], 1))
        loss = F.mse_loss(iou, d["iou"])
        return loss, {"Loss/total": loss, "Loss/iou": loss * 1.0}


class LTRTrainer:
    def __init__(self, actor, loader):
        self.actor, self.loader = actor, loader
        self.opt = torch.optim.Adam(actor.net.parameters(), lr=3e-3)
        self.stats = OrderedDict()

    def cycle(self):
        self.actor.net.train()
        for d in self.loader:
            loss, stats = self.actor(d)
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()
            self._update_stats(stats, len(d["iou"]))

    def _update_stats(self, new, n):
        for name, val in new.items():
            if name not in self.stats:
                self.stats[name] = AverageMeter()
            self.stats[name].update(val, n)  # HERE

    def train(self, epochs):
        for e in range(epochs):
            self.cycle()
            print(f"[{e}]", " ".join(f"{k}: {float(m.avg):.4f}" for k, m in self.stats.items()))


torch.manual_seed(5)
loader = []
for _ in range(15):
    a, b = torch.randn(32, 6), torch.randn(32, 6)
    loader.append({"template": a, "search": b, "iou": torch.sigmoid((a * b).sum(1, keepdim=True))})
LTRTrainer(Actor(nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 1))), loader).train(5)
