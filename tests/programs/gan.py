"""Two networks, two optimizers, a helper that sends both losses backward, and five steps of one to one of the other."""

import sys

import torch
from torch import nn

torch.manual_seed(0)
rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
maker, judge = nn.Linear(4, 2), nn.Linear(2, 1)
maker_steps = torch.optim.Adam(maker.parameters(), lr=0.01)
judge_steps = torch.optim.SGD(judge.parameters(), lr=0.05)
seen = {"judge": [], "maker": []}


def improve(loss, optimizer):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


for _ in range(rounds):
    for _inner in range(2):
        real, made = torch.randn(8, 2), maker(torch.randn(8, 4)).detach()
        judge_loss = judge(made).mean() - judge(real).mean() + judge.weight.pow(2).sum()
        improve(judge_loss, judge_steps)
        seen["judge"].append(judge_loss.item())
    maker_loss = -judge(maker(torch.randn(8, 4))).mean()
    improve(maker_loss, maker_steps)
    seen["maker"].append(maker_loss.item())

print(repr(seen))
