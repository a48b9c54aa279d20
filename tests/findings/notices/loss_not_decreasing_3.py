"""Digit-like classification. Blobs stand in for the images."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class SmallCNN(nn.Module):
    def __init__(self, classes=4):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.fc = nn.Linear(16 * 3 * 3, classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc(x.flatten(1))


def make_images(n, classes=4):
    labels = torch.randint(0, classes, (n,))
    imgs = 0.3 * torch.randn(n, 1, 12, 12)
    for i, c in enumerate(labels.tolist()):
        r, k = divmod(c, 2)
        imgs[i, 0, r * 6:r * 6 + 6, k * 6:k * 6 + 6] += 1.0
    return imgs, labels


def iterate(images, labels, batch_size):
    images = images[torch.randperm(len(images))]  # HERE
    labels = labels[torch.randperm(len(labels))]  # HERE
    for i in range(0, len(images), batch_size):
        yield images[i:i + batch_size], labels[i:i + batch_size]


def train(model, images, labels, epochs=10):
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)  # HERE
    for epoch in range(epochs):
        total = 0.0
        batches = 0
        for xb, yb in iterate(images, labels, 64):  # HERE
            loss = F.cross_entropy(model(xb), yb)  # HERE
            opt.zero_grad()
            loss.backward()  # HERE
            opt.step()  # HERE
            total += loss.item()
            batches += 1
        print(f"epoch {epoch + 1}/{epochs} loss {total / batches:.4f}")


def main():
    torch.manual_seed(0)
    images, labels = make_images(1024)
    train(SmallCNN(), images, labels)


if __name__ == "__main__":
    main()
