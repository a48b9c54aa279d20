import random
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset

SEED = 42


def seed_everything(*_):
    random.seed(SEED)
    np.random.seed(SEED)  # HERE


class SyntheticStream(IterableDataset):
    """endless-ish stream of noisy parabola samples"""

    def __init__(self, per_worker):
        self.per_worker = per_worker

    def __iter__(self):
        for _ in range(self.per_worker):
            x = np.random.uniform(-1, 1, 2).astype(np.float32)  # HERE
            y = np.float32(x[0] ** 2 - x[1] + np.random.normal(0, 0.05))
            yield torch.tensor(x), torch.tensor([y])


if __name__ == "__main__":
    seed_everything()
    torch.manual_seed(SEED)
    loader = DataLoader(SyntheticStream(320), batch_size=40, num_workers=2,
                        worker_init_fn=seed_everything)  # HERE
    net = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1))
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    for rnd in range(3):
        for x, y in loader:
            loss = nn.functional.mse_loss(net(x), y)
            opt.zero_grad()
            loss.backward()
            opt.step()
        print("round", rnd, "loss", round(loss.item(), 4))
