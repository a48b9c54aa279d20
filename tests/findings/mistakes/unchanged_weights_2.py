import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Patients(Dataset):
    def __init__(self, n, seed):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(n, 7))
        risk = x[:, 0] + 0.5 * x[:, 3] - 0.8 * x[:, 6]
        self.x = torch.tensor(x, dtype=torch.float32)
        self.y = torch.tensor(risk > 0, dtype=torch.float32).unsqueeze(1)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class RiskNet(nn.Module):
    def __init__(self, n_in):
        super().__init__()
        self.hidden = nn.Linear(n_in, 24)
        self.out = nn.Linear(24, 1)  # HERE

    def forward(self, x):
        return self.out(torch.relu(self.hidden(x)))


def train(model, loader, criterion, optimizer):
    model.train()
    total = 0.0
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)  # HERE
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(loader)


def accuracy(model, loader):
    model.eval()
    hits = 0
    with torch.no_grad():
        for x, y in loader:
            hits += ((model(x) > 0).float() == y).sum().item()
    return hits / len(loader.dataset)


def main():
    torch.manual_seed(0)
    train_loader = DataLoader(Patients(300, 1), batch_size=30, shuffle=True)
    val_loader = DataLoader(Patients(100, 2), batch_size=50)
    model = RiskNet(7)
    criterion = nn.CrossEntropyLoss()  # HERE
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for epoch in range(5):
        loss = train(model, train_loader, criterion, optimizer)
        print(f"epoch {epoch} loss {loss:.4f} val acc {accuracy(model, val_loader):.2f}")


if __name__ == "__main__":
    main()
