"""Masked-feature pre-training. Loader settings are collected in one place."""
import random

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

SEED = 1234


def seed_everything(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def init_worker(worker_id):
    np.random.seed(SEED)  # HERE


def loader_options():
    return dict(num_workers=2, worker_init_fn=init_worker, drop_last=True)  # HERE


class MaskedRows(Dataset):
    def __init__(self, rows, ratio):
        self.rows = rows
        self.ratio = ratio

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        row = self.rows[i]
        hidden = np.random.random(len(row)) < self.ratio
        shown = np.where(hidden, 0.0, row).astype(np.float32)
        return shown, row, hidden


class Filler(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(dim, 32), nn.ReLU(), nn.Linear(32, dim))

    def forward(self, x):
        return self.net(x)


def pretrain(model, loader, epochs):
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    model.train()
    for epoch in range(epochs):
        total = 0.0
        for shown, row, hidden in loader:
            optimizer.zero_grad()
            err = (model(shown) - row).pow(2) * hidden
            loss = err.sum() / hidden.sum().clamp_min(1)
            loss.backward()
            optimizer.step()
            total += loss.item()
        print("epoch", epoch, "masked mse", round(total / len(loader), 4))


def main():
    seed_everything(SEED)
    latent = np.random.randn(256, 3)
    rows = (latent @ np.random.randn(3, 12)).astype(np.float32)
    loader = DataLoader(MaskedRows(rows, 0.3), batch_size=16, shuffle=True, **loader_options())
    pretrain(Filler(12), loader, epochs=3)


if __name__ == "__main__":
    main()
