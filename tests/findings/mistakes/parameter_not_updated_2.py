import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Rings(Dataset):
    def __init__(self, n, seed):
        g = torch.Generator().manual_seed(seed)
        self.y = torch.randint(0, 3, (n,), generator=g)
        angle = torch.rand(n, generator=g) * 2 * torch.pi
        radius = 1.0 + self.y + 0.2 * torch.randn(n, generator=g)
        self.x = torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, x):
        return x + torch.relu(self.fc(self.norm(x)))


class ResMLP(nn.Module):
    def __init__(self, width=24, depth=3):
        super().__init__()
        self.stem = nn.Linear(2, width)
        self.blocks = [Block(width) for _ in range(depth)]  # HERE
        self.head = nn.Linear(width, 3)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def train_epoch(model, loader, optimizer, criterion):
    model.train()
    total = 0.0
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(loader)


@torch.no_grad()
def accuracy(model, loader):
    model.eval()
    return sum((model(x).argmax(1) == y).sum().item() for x, y in loader) / len(loader.dataset)


def main():
    torch.manual_seed(3)
    train_loader = DataLoader(Rings(300, 0), batch_size=30, shuffle=True)
    val_loader = DataLoader(Rings(120, 1), batch_size=60)
    model = ResMLP()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    criterion = nn.CrossEntropyLoss()
    for epoch in range(6):
        loss = train_epoch(model, train_loader, optimizer, criterion)
        print(f"epoch {epoch} loss {loss:.4f} val acc {accuracy(model, val_loader):.3f}")


if __name__ == "__main__":
    main()
