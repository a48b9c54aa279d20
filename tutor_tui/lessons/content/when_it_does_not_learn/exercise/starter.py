import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
X = torch.randn(64, 3)
y = X @ torch.tensor([1.0, -2.0, 0.5]) + 0.3
kind = (X[:, 0] > 0).long() + (X[:, 1] > 0).long()


def first():
    model = nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(30):
        loss = F.mse_loss(model(X).squeeze(1), y)
        loss.backward()
        optimizer.step()
    return loss.item()


def second():
    model = nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(30):
        loss = ((model(X) - y)**2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


def third():
    model = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(30):
        guess = F.softmax(model(X), dim=1)
        loss = F.cross_entropy(guess, kind)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(3, 16), nn.Linear(16, 16)]
        self.last = nn.Linear(16, 1)

    def forward(self, x):
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return self.last(x).squeeze(1)


def fourth():
    model = Deep()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(30):
        loss = F.mse_loss(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


def fifth():
    model = nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(30):
        loss = F.mse_loss(model(X).squeeze(1), y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
    return loss.item()


def sixth():
    body, head = nn.Linear(3, 16), nn.Linear(16, 1)
    model = nn.Sequential(body, nn.Tanh(), head)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(30):
        features = torch.tanh(body(X)).detach()
        loss = F.mse_loss(head(features).squeeze(1), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


torch.manual_seed(1)
losses = [train() for train in (first, second, third, fourth, fifth, sixth)]
print(losses)
