"""Small CNN; reports how strongly each feature map influences the loss."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Stripes(Dataset):
    def __init__(self, n):
        g = torch.Generator().manual_seed(4)
        self.label = torch.randint(0, 2, (n,), generator=g)
        self.img = 0.3 * torch.randn(n, 1, 8, 8, generator=g)
        for k in range(n):
            if self.label[k] == 0:
                self.img[k, 0, ::2] += 1
            else:
                self.img[k, 0, :, ::2] += 1

    def __len__(self):
        return len(self.label)

    def __getitem__(self, k):
        return self.img[k], self.label[k]


class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 3, padding=1)
        self.fc = nn.Linear(6, 2)
        self.activations = None

    def forward(self, x):
        a = torch.relu(self.conv(x))
        self.activations = a  # HERE
        return self.fc(a.mean(dim=(2, 3)))


def channel_influence(model):
    grad = model.activations.grad  # HERE
    if grad is None:
        return [0.0] * model.conv.out_channels
    return grad.abs().mean(dim=(0, 2, 3)).tolist()


def main():
    torch.manual_seed(0)
    loader = DataLoader(Stripes(128), batch_size=16, shuffle=True)
    model = ConvNet()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    for epoch in range(4):
        model.train()
        total = 0.0
        for img, label in loader:
            optimizer.zero_grad()
            loss = criterion(model(img), label)
            loss.backward()
            optimizer.step()
            total += loss.item()
        influence = channel_influence(model)
        print("epoch", epoch, "loss", round(total / len(loader), 4))
        print("  influence per channel:", [round(v, 5) for v in influence])


if __name__ == "__main__":
    main()
