import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Waves(Dataset):
    def __init__(self, n, seed):
        g = torch.Generator().manual_seed(seed)
        self.y = torch.randint(0, 3, (n,), generator=g)
        t = torch.arange(16) * 0.4
        freq = 1.0 + self.y.float().unsqueeze(1)
        phase = torch.rand(n, 1, generator=g) * 6
        self.x = (torch.sin(freq * t + phase) + 0.2 * torch.randn(n, 16, generator=g)).unsqueeze(1)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class WaveNetlet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv1d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv1d(8, 8, 3, padding=1)  # HERE
        self.conv3 = nn.Conv1d(8, 8, 3, padding=1)
        self.fc = nn.Linear(64, 3)
        self.pool = nn.MaxPool1d(2)

    def forward(self, x):
        h = self.pool(torch.relu(self.conv1(x)))  # HERE
        h = torch.relu(self.conv3(h))  # HERE
        return self.fc(h.flatten(1))


def train(model, loader, optimizer, loss_fn):
    model.train()
    total = 0.0
    for x, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(loader)


def test(model, loader):
    model.eval()
    ok = 0
    with torch.no_grad():
        for x, y in loader:
            ok += (model(x).argmax(1) == y).sum().item()
    return ok / len(loader.dataset)


def main():
    torch.manual_seed(0)
    loader = DataLoader(Waves(300, 1), batch_size=30, shuffle=True)
    held_out = DataLoader(Waves(100, 2), batch_size=50)
    model = WaveNetlet()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for epoch in range(5):
        loss = train(model, loader, optimizer, nn.CrossEntropyLoss())
        print(f"epoch {epoch} loss {loss:.3f} test acc {test(model, held_out):.3f}")


if __name__ == "__main__":
    main()
