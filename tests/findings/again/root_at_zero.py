"""Siamese embedding with a contrastive loss on pairs."""
import torch
import torch.nn as nn


def euclidean(a, b):
    return (a - b).pow(2).sum(dim=1).sqrt()  # HERE


class Contrastive(nn.Module):
    def __init__(self, margin):
        super().__init__()
        self.margin = margin

    def forward(self, a, b, same):
        d = euclidean(a, b)
        pull = same * d.pow(2)
        push = (1 - same) * torch.relu(self.margin - d).pow(2)
        return (pull + push).mean()


class PairSource:
    def __init__(self, classes, per_class, dim):
        centers = 2 * torch.randn(classes, dim)
        self.label = torch.arange(classes).repeat_interleave(per_class)
        self.x = centers[self.label] + 0.5 * torch.randn(len(self.label), dim)

    def draw(self, n):
        i = torch.randint(0, len(self.x), (n,))
        j = torch.randint(0, len(self.x), (n,))
        return self.x[i], self.x[j], (self.label[i] == self.label[j]).float()


class Embedder(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(dim, 24), nn.ReLU(), nn.Linear(24, 2))

    def forward(self, x):
        return self.net(x)


def train(model, source, steps):
    criterion = Contrastive(margin=1.0)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    model.train()
    for step in range(1, steps + 1):
        a, b, same = source.draw(32)
        optimizer.zero_grad()
        loss = criterion(model(a), model(b), same)
        loss.backward()
        optimizer.step()
        if step % 20 == 0:
            print(step, loss.item())


if __name__ == "__main__":
    torch.manual_seed(2)
    train(Embedder(6), PairSource(4, 15, 6), 100)
