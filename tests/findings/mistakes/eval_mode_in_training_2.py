import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Shapes(Dataset):
    """8x8 pictures with a bright square, a bright cross or a bright bar."""

    def __init__(self, n, seed):
        g = torch.Generator().manual_seed(seed)
        self.y = torch.randint(0, 3, (n,), generator=g)
        self.x = 0.5 * torch.randn(n, 1, 8, 8, generator=g)
        for i, c in enumerate(self.y.tolist()):
            r, s = torch.randint(1, 5, (2,), generator=g).tolist()
            if c == 0:
                self.x[i, 0, r:r + 3, s:s + 3] += 1.5
            elif c == 1:
                self.x[i, 0, r + 1, s:s + 3] += 1.5
                self.x[i, 0, r:r + 3, s + 1] += 1.5
            else:
                self.x[i, 0, r, :] += 1.5

    def __len__(self):
        return self.y.numel()

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        )
        self.classifier = nn.Linear(64, 3)

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


def train(model, loader, criterion, optimizer):
    total = 0.0  # HERE
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(loader)


def validate(model, loader):
    model.eval()  # HERE
    correct = 0
    with torch.no_grad():
        for x, y in loader:
            correct += (model(x).argmax(1) == y).sum().item()
    return correct / len(loader.dataset)


def main():
    torch.manual_seed(0)
    train_loader = DataLoader(Shapes(300, 1), batch_size=30, shuffle=True)
    val_loader = DataLoader(Shapes(120, 2), batch_size=60)
    model = Net()
    model.train()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    for epoch in range(5):  # HERE
        loss = train(model, train_loader, criterion, optimizer)
        acc = validate(model, val_loader)
        print(f"epoch {epoch} loss {loss:.3f} val acc {acc:.3f}")


if __name__ == "__main__":
    main()
