import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset


def seed_everything(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


class LoaderFactory:
    def __init__(self, seed, workers):
        self.seed = seed
        self.workers = workers

    def init_worker(self, worker_id):
        seed_everything(self.seed)  # HERE

    def __call__(self, ds, bs):
        return DataLoader(ds, batch_size=bs, shuffle=True, num_workers=self.workers,
                          worker_init_fn=self.init_worker, persistent_workers=True)  # HERE


class Crops(Dataset):
    """Random 8x8 crops of textures, to be told apart by their class."""

    def __init__(self, n=60):
        g = torch.Generator().manual_seed(1)
        self.y = torch.arange(n) % 2
        wave = torch.sin(torch.arange(20.0) * 1.5)
        rows = wave.view(20, 1).expand(20, 20)
        self.x = torch.stack([rows if c == 0 else rows.t() for c in self.y])
        self.x = self.x + 0.5 * torch.randn(n, 20, 20, generator=g)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        r, c = np.random.randint(0, 12, size=2)
        img = self.x[i, r:r + 8, c:c + 8]
        if random.random() < 0.5:
            img = img.flip(-1)
        return img.unsqueeze(0), self.y[i]


def main():
    seed_everything(123)
    loader = LoaderFactory(123, 2)(Crops(), 10)
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2))
    opt = torch.optim.Adam(net.parameters(), lr=5e-3)
    for ep in range(4):
        seen = right = 0
        for x, y in loader:
            out = net(x)
            loss = F.cross_entropy(out, y)
            opt.zero_grad()
            loss.backward()
            opt.step()
            right += (out.argmax(1) == y).sum().item()
            seen += len(y)
        print(ep, right / seen)


if __name__ == "__main__":
    main()
