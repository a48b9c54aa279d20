# local (layer-wise, greedy) learning: stack in a list, each stage has an optimizer of its own; inputs detached between stages
import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)


class Stage:
    def __init__(self, i, o, n_cls):
        self.body = nn.Sequential(nn.Linear(i, o), nn.ReLU())
        self.probe = nn.Linear(o, n_cls)
        self.opt = torch.optim.Adam([*self.body.parameters(), *self.probe.parameters()], lr=5e-3)

    def learn(self, x, y):
        h = self.body(x)
        loss = F.cross_entropy(self.probe(h), y)
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        return h.detach(), loss.item()


stages = [Stage(8, 32, 4), Stage(32, 32, 4), Stage(32, 16, 4)]
X = torch.randn(320, 8)
Y = (X[:, 0] > 0).long() * 2 + (X[:, 1] * X[:, 2] > 0).long()
for epoch in range(12):
    sums = [0.0] * len(stages)
    for idx in torch.randperm(320).split(32):
        h = X[idx]
        for k, s in enumerate(stages):
            h, l = s.learn(h, Y[idx])
            sums[k] += l
    if epoch % 4 == 3:
        print(epoch + 1, [round(v / 10, 3) for v in sums])
