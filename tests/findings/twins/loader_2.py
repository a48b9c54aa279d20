"""worker_init_fn built on torch.initial_seed()."""
import random

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


def seed_worker(worker_id):
    worker_seed = torch.initial_seed() % 2 ** 32
    np.random.seed(worker_seed)
    random.seed(worker_seed)


class Crops(Dataset):
    def __init__(self):
        self.images = np.random.RandomState(0).rand(60, 12, 12).astype(np.float32)
        self.images[30:, :6] += 0.3

    def __len__(self):
        return 60

    def __getitem__(self, i):
        r, c = np.random.randint(0, 3, size=2)
        img = self.images[i, r:r + 10, c:c + 10]
        if random.random() < 0.5:
            img = img[:, ::-1].copy()
        return torch.from_numpy(img), int(i >= 30)


if __name__ == "__main__":
    g = torch.Generator()
    g.manual_seed(0)
    torch.manual_seed(0)
    dl = DataLoader(Crops(), batch_size=12, shuffle=True, num_workers=2, worker_init_fn=seed_worker, generator=g)
    net = nn.Sequential(nn.Flatten(), nn.Linear(100, 32), nn.ReLU(), nn.Linear(32, 2))
    opt = torch.optim.Adam(net.parameters(), lr=3e-3)
    for epoch in range(4):
        tot = 0.0
        for x, y in dl:
            opt.zero_grad()
            loss = nn.functional.cross_entropy(net(x), y)
            loss.backward()
            opt.step()
            tot += loss.item()
        print(epoch, tot / len(dl))
