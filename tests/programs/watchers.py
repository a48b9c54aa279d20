"""A dispatch mode and the profiler: they see the operations of the program, and no others."""

import os
from collections import Counter

import torch
from torch.profiler import profile
from torch.utils._python_dispatch import TorchDispatchMode


class Counts(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.counts = Counter()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.counts[str(func)] += 1
        return func(*args, **(kwargs or {}))


torch.manual_seed(0)
net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.1)


def train():
    for _ in range(3):
        loss = net(torch.ones(3, 2)).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scale = loss.detach().numpy()
    return scale


with Counts() as counted:
    train()
print(sorted(counted.counts.items()))
saved = os.dup(2)
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the profiler writes the time there
with profile() as profiled:
    train()
os.dup2(saved, 2)
print(sorted((event.key, event.count) for event in profiled.key_averages()))
