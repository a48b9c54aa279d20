import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset


class Blobs(Dataset):
    def __init__(self, n, classes, seed):
        g = torch.Generator().manual_seed(seed)
        gc = torch.Generator().manual_seed(99)
        centers = 2 * torch.randn(classes, 6, generator=gc)
        self.y = torch.randint(0, classes, (n,), generator=g)
        self.x = centers[self.y] + torch.randn(n, 6, generator=g)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class MLP(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.fc1 = nn.Linear(6, 48)
        self.fc2 = nn.Linear(48, 48)
        self.out = nn.Linear(48, classes)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.dropout(x, p=0.4)  # HERE
        x = F.relu(self.fc2(x))
        return self.out(x)


def train_epoch(model, loader, optimizer):
    model.train()
    total = 0.0
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(loader)


def test(model, loader):
    model.eval()
    correct, loss_sum = 0, 0.0
    with torch.no_grad():
        for x, y in loader:
            logits = model(x)
            loss_sum += F.cross_entropy(logits, y, reduction="sum").item()
            correct += (logits.argmax(1) == y).sum().item()
    n = len(loader.dataset)
    return loss_sum / n, correct / n


if __name__ == "__main__":
    torch.manual_seed(1)
    train_loader = DataLoader(Blobs(400, 4, seed=1), batch_size=40, shuffle=True)
    test_loader = DataLoader(Blobs(200, 4, seed=2), batch_size=50)
    model = MLP(4)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for epoch in range(6):
        tl = train_epoch(model, train_loader, optimizer)
        vl, acc = test(model, test_loader)
        print(f"[{epoch}] train {tl:.3f} test {vl:.3f} acc {acc:.3f}")
