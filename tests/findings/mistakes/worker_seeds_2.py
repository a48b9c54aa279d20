import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class AugmentedGlyphs(Dataset):
    """Each glyph is shifted and gets noise whenever it is fetched."""

    def __init__(self, n, seed, augment):
        base = np.random.default_rng(seed)
        self.y = base.integers(0, 4, n)
        self.templates = (np.random.default_rng(77).random((4, 6, 6)) > 0.5).astype(np.float32)
        self.augment = augment
        self.rng = np.random.default_rng(seed + 1)  # HERE

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        label = int(self.y[i])
        img = self.templates[label].copy()
        if self.augment:
            dy, dx = self.rng.integers(-1, 2, 2)  # HERE
            img = np.roll(img, (dy, dx), axis=(0, 1))
            img = img + self.rng.normal(0, 0.3, img.shape).astype(np.float32)
        return torch.tensor(img).unsqueeze(0), label


class SmallCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1)
        self.fc = nn.Linear(8 * 9, 4)

    def forward(self, x):
        h = nn.functional.max_pool2d(torch.relu(self.conv(x)), 2)
        return self.fc(h.flatten(1))


def train(model, loader, optimizer, criterion):
    model.train()
    total = 0.0
    for img, label in loader:
        optimizer.zero_grad()
        loss = criterion(model(img), label)
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(loader)


def test(model, loader):
    model.eval()
    ok = 0
    with torch.no_grad():
        for img, label in loader:
            ok += (model(img).argmax(1) == label).sum().item()
    return ok / len(loader.dataset)


def main():
    torch.manual_seed(0)
    train_loader = DataLoader(AugmentedGlyphs(256, 1, augment=True), batch_size=16,
                              shuffle=True, num_workers=2)  # HERE
    test_loader = DataLoader(AugmentedGlyphs(80, 2, augment=False), batch_size=40)
    model = SmallCNN()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    criterion = nn.CrossEntropyLoss()
    for epoch in range(3):
        loss = train(model, train_loader, optimizer, criterion)
        print(f"epoch {epoch} loss {loss:.3f} test {test(model, test_loader):.3f}")


if __name__ == "__main__":
    main()
