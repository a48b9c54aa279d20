# Transforms as closures, a streaming data set and a callable trainer.
import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset


def gaussian_jitter(scale, rng):
    def apply(x):
        return x + scale * rng.standard_normal(x.shape)
    return apply


def random_gain(low, high, rng):
    def apply(x):
        return x * rng.uniform(low, high)
    return apply


class Stream(IterableDataset):
    def __init__(self, count, width, seed):
        self.count, self.width = count, width
        self.rng = np.random.Generator(np.random.PCG64(seed))  # HERE
        self.steps = [gaussian_jitter(0.1, self.rng), random_gain(0.8, 1.2, self.rng)]

    def __iter__(self):
        info = torch.utils.data.get_worker_info()
        parts = 1 if info is None else info.num_workers
        for _ in range(self.count // parts):
            freq = self.rng.uniform(0.1, 1.0)  # HERE
            x = np.sin(freq * np.arange(self.width))
            for step in self.steps:
                x = step(x)
            yield x.astype(np.float32), np.float32([freq])


class Trainer:
    def __init__(self, width):
        self.net = torch.nn.Sequential(torch.nn.Linear(width, 32), torch.nn.ReLU(), torch.nn.Linear(32, 1))
        self.opt = torch.optim.AdamW(self.net.parameters(), lr=3e-3)
        self.sched = torch.optim.lr_scheduler.ExponentialLR(self.opt, 0.8)

    def __call__(self, loader):
        self.net.train()
        losses = []
        for x, freq in loader:
            self.opt.zero_grad()
            loss = torch.nn.functional.l1_loss(self.net(x), freq)
            loss.backward()
            self.opt.step()
            losses.append(loss.item())
        self.sched.step()
        return float(np.mean(losses))


torch.manual_seed(3)
trainer = Trainer(24)
loader = DataLoader(Stream(320, 24, seed=5), batch_size=20, num_workers=2)  # HERE
for epoch in range(3):
    print(epoch, "%.4f" % trainer(loader))
