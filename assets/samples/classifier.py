"""Two noisy rings told apart by a small nn.Module, with an optimizer and minibatches."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(1)


def rings(count):
    """Points on two rings, of shape (count, 2), and the ring each is on, of shape (count,)."""
    angle = 2 * torch.pi * torch.rand(count)
    label = torch.arange(count) % 2
    radius = 1.0 + label + 0.1 * torch.randn(count)
    points = torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)
    return points, label


class Classifier(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.hidden = nn.Linear(2, width)
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, 2)

    def forward(self, points):
        features = torch.relu(self.hidden(points))
        return self.out(self.norm(features))


points, labels = rings(96)
loader = DataLoader(TensorDataset(points, labels), batch_size=32, shuffle=True)
model = Classifier()
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
criterion = nn.CrossEntropyLoss()

for epoch in range(4):
    for batch, wanted in loader:
        optimizer.zero_grad()
        loss = criterion(model(batch), wanted)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        right = (model(points).argmax(dim=1) == labels).float().mean()
    print(f"epoch {epoch}: loss {loss.item():.4f}, right {right.item():.1%}")
