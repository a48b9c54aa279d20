import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Spirals(Dataset):
    def __init__(self, n):
        g = torch.Generator().manual_seed(0)
        r = torch.rand(n, generator=g)
        self.y = torch.randint(0, 2, (n,), generator=g)
        phi = 4 * r + self.y * torch.pi
        self.x = torch.stack([r * torch.cos(phi), r * torch.sin(phi)], 1)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 2))

    def forward(self, x):
        return self.layers(x)


def train(model, loader, optimizer, criterion, epochs):
    history = []
    for epoch in range(epochs):
        model.train()
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            history.append(loss)  # HERE
        recent = torch.stack(history[-len(loader):]).mean()
        print(f"epoch {epoch + 1}/{epochs}  loss {recent.item():.4f}")
    return history


def main():
    torch.manual_seed(2)
    loader = DataLoader(Spirals(300), batch_size=25, shuffle=True)
    model = Net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    history = train(model, loader, optimizer, nn.CrossEntropyLoss(), epochs=6)
    print("number of steps:", len(history))


if __name__ == "__main__":
    main()
