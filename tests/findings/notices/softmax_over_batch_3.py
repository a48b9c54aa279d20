"""Iris-like flower classification."""
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class FlowerNet(nn.Module):
    def __init__(self, n_in=4, hidden=16, n_classes=3):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(n_in, hidden),
            nn.ReLU(),
            nn.Linear(hidden, n_classes),
        )
        self.softmax = nn.LogSoftmax(dim=0)  # HERE

    def forward(self, x):
        return self.softmax(self.net(x))  # HERE


def flowers(n_per_class=60):
    centers = torch.tensor([[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.6, 2.0]])
    xs, ys = [], []
    for c, mu in enumerate(centers):
        xs.append(mu + 0.3 * torch.randn(n_per_class, 4))
        ys.append(torch.full((n_per_class,), c))
    x = torch.cat(xs)
    return (x - x.mean(0)) / x.std(0), torch.cat(ys)


def accuracy(model, x, y):
    model.eval()
    with torch.no_grad():
        pred = model(x).argmax(dim=1)
    model.train()
    return (pred == y).float().mean().item()


def main():
    torch.manual_seed(123)
    x, y = flowers()
    loader = DataLoader(TensorDataset(x, y), batch_size=20, shuffle=True)
    model = FlowerNet()
    criterion = nn.NLLLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for epoch in range(12):
        running = 0.0
        for xb, yb in loader:
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            loss.backward()
            optimizer.step()
            running += loss.item()
        print(f"epoch {epoch}: loss {running / len(loader):.3f} acc {accuracy(model, x, y):.3f}")


if __name__ == "__main__":
    main()
