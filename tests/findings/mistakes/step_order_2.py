import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset


class Sums(Dataset):
    """Digits as one-hot rows; the target is whether their sum is large."""

    def __init__(self, n, seed):
        g = torch.Generator().manual_seed(seed)
        digits = torch.randint(0, 10, (n, 4), generator=g)
        self.x = nn.functional.one_hot(digits, 10).float().flatten(1)
        self.y = (digits.sum(1) > 18).float()

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class Scorer(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(40, 16)
        self.out = nn.Linear(16, 1)

    def forward(self, x):
        return self.out(torch.relu(self.hidden(x))).squeeze(-1)


def train(model, loader, optimizer, criterion):
    model.train()
    total = 0.0
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.zero_grad()  # HERE
        optimizer.step()  # HERE
        total += loss.item()
    return total / len(loader)


def evaluate(model, loader):
    model.eval()
    hits = 0
    with torch.no_grad():
        for x, y in loader:
            hits += ((model(x) > 0).float() == y).sum().item()
    return hits / len(loader.dataset)


if __name__ == "__main__":
    torch.manual_seed(0)
    train_loader = DataLoader(Sums(400, 1), batch_size=32, shuffle=True)
    val_loader = DataLoader(Sums(200, 2), batch_size=100)
    net = Scorer()
    opt = torch.optim.Adam(net.parameters(), lr=0.01)
    bce = nn.BCEWithLogitsLoss()
    for epoch in range(5):
        loss = train(net, train_loader, opt, bce)
        print(f"epoch {epoch}: loss {loss:.4f}, val accuracy {evaluate(net, val_loader):.3f}")
