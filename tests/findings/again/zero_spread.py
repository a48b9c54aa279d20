import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Machines(Dataset):
    """Sensor table of six channels; the fourth one is a status flag."""

    def __init__(self, n, seed):
        rng = np.random.default_rng(seed)
        table = rng.normal(5, 2, (n, 6)).astype(np.float32)
        table[:, 3] = 1.0
        wear = 0.4 * table[:, 0] - 0.2 * table[:, 1] + 0.1 * table[:, 5]
        x = torch.tensor(table)
        self.x = (x - x.mean(dim=0)) / x.std(dim=0)  # HERE
        self.y = torch.tensor(wear, dtype=torch.float32).unsqueeze(1)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class WearNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))

    def forward(self, x):
        return self.net(x)


def train(model, loader, criterion, optimizer):
    model.train()
    total = 0.0
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
    return total / len(loader.dataset)


def main():
    torch.manual_seed(0)
    loader = DataLoader(Machines(256, seed=3), batch_size=32, shuffle=True)
    model = WearNet()
    criterion = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(4):
        print("epoch", epoch, "mse", train(model, loader, criterion, optimizer))


if __name__ == "__main__":
    main()
