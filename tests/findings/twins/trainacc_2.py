"""Closures instead of classes; per-epoch train metrics in no_grad on the whole set, mode restored."""
import torch
from torch import nn, optim


def make_trainer(model, optimizer, criterion):
    def train_step(x, y):
        model.train()
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    @torch.no_grad()
    def accuracy(x, y):
        was_training = model.training
        model.eval()
        acc = (model(x).argmax(-1) == y).float().mean().item()
        model.train(was_training)
        return acc

    return train_step, accuracy


torch.manual_seed(0)
theta = torch.rand(300) * 6.28
r = torch.where(torch.arange(300) < 150, 1.0, 2.0)
X = torch.stack([r * theta.cos(), r * theta.sin()], 1) + 0.1 * torch.randn(300, 2)
Y = (torch.arange(300) >= 150).long()
net = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 2))
train_step, accuracy = make_trainer(net, optim.Adam(net.parameters(), lr=1e-2), nn.CrossEntropyLoss())
for epoch in range(12):
    batch_acc = []
    for idx in torch.randperm(300).split(30):
        loss = train_step(X[idx], Y[idx])
        batch_acc.append(accuracy(X[idx], Y[idx]))
    if epoch % 3 == 2:
        print(epoch + 1, f"loss {loss:.3f} batch acc {sum(batch_acc) / 10:.3f} all {accuracy(X, Y):.3f}")
