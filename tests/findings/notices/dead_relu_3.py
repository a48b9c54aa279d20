"""House price regression on a synthetic table."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


class PriceNet(nn.Module):
    def __init__(self, n_features, hidden=128):
        super().__init__()
        self.fc1 = nn.Linear(n_features, hidden)  # HERE
        self.fc2 = nn.Linear(hidden, hidden)  # HERE
        self.out = nn.Linear(hidden, 1)

    def forward(self, x):
        x = F.relu(self.fc1(x))  # HERE
        x = F.relu(self.fc2(x))  # HERE
        return self.out(x).squeeze(-1)


def make_data(n=2000):
    area = torch.rand(n) * 2
    rooms = torch.randint(1, 7, (n,)).float() / 3
    age = torch.rand(n)
    dist = torch.rand(n)
    x = torch.stack([area, rooms, age, dist], dim=1)
    price = 120 * area + 40 * rooms - 30 * age - 20 * dist + 50
    return x, price + 5 * torch.randn(n)


def train_epoch(model, loader, opt):
    total, n = 0.0, 0
    for xb, yb in loader:
        opt.zero_grad()
        loss = F.mse_loss(model(xb), yb)
        loss.backward()
        opt.step()  # HERE
        total += loss.item() * len(xb)
        n += len(xb)
    return total / n


@torch.no_grad()
def evaluate(model, x, y):
    model.eval()
    mae = (model(x) - y).abs().mean().item()
    model.train()
    return mae


def main():
    torch.manual_seed(42)
    x, y = make_data()
    loader = DataLoader(TensorDataset(x[:1600], y[:1600]), batch_size=64, shuffle=True)
    model = PriceNet(4)
    opt = torch.optim.Adam(model.parameters(), lr=1.0)  # HERE
    for epoch in range(8):
        loss = train_epoch(model, loader, opt)
        print(f"epoch {epoch}: mse {loss:.1f}  val mae {evaluate(model, x[1600:], y[1600:]):.2f}")


if __name__ == "__main__":
    main()
