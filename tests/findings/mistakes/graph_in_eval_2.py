import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset, random_split


class Parity(Dataset):
    def __init__(self, n, bits):
        self.x = torch.randint(0, 2, (n, bits)).float()
        self.y = (self.x[:, :3].sum(1) % 2).long()

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class Classifier(nn.Module):
    def __init__(self, bits):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(bits, 64), nn.ReLU(), nn.Dropout(0.1),
            nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))

    def forward(self, x):
        return self.net(x)


def train_one_epoch(model, loader, optimizer, criterion):
    model.train()
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()


def evaluate(model, loader, criterion):  # HERE
    model.eval()
    loss_sum, correct, count = 0.0, 0, 0
    for x, y in loader:  # HERE
        logits = model(x)  # HERE
        loss_sum += criterion(logits, y).item() * len(y)
        correct += (logits.argmax(dim=1) == y).sum().item()
        count += len(y)
    return loss_sum / count, correct / count


def main():
    torch.manual_seed(5)
    train_set, val_set = random_split(Parity(500, 8), [400, 100])
    train_loader = DataLoader(train_set, batch_size=40, shuffle=True)
    val_loader = DataLoader(val_set, batch_size=25)
    model = Classifier(8)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    criterion = nn.CrossEntropyLoss()
    for epoch in range(6):
        train_one_epoch(model, train_loader, optimizer, criterion)
        loss, acc = evaluate(model, val_loader, criterion)
        print(f"epoch {epoch}: val loss {loss:.4f}, val acc {acc:.3f}")


if __name__ == "__main__":
    main()
