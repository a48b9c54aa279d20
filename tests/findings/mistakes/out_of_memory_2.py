"""Metric learning where all pairs are compared at once."""
import torch
import torch.nn as nn


class Embedder(nn.Module):
    def __init__(self, d_in=16, d_out=1):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d_in, 32), nn.ReLU(), nn.Linear(32, d_out))

    def forward(self, x):
        return self.net(x)


def pairwise_sq_dist(a, b):
    diff = a.unsqueeze(1) - b.unsqueeze(0)  # HERE
    return diff.pow(2).sum(-1)


def contrastive_loss(emb, labels, margin=1.0):
    dist = pairwise_sq_dist(emb, emb)
    same = labels[:, None] == labels[None, :]
    pull = dist[same].mean()
    push = torch.relu(margin - dist[~same]).mean()
    return pull + push


def make_data(n_prototypes=4):
    x = torch.randn(n_prototypes, 16)
    return x, torch.arange(n_prototypes)


def augment(emb, labels, copies):
    """Repeat every prototype `copies` times (a view, costs nothing)."""
    e = emb[:1].expand(copies, -1)
    return e, labels[:1].expand(copies)


def train(steps=5):
    model = Embedder()
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)
    x, y = make_data()
    for step in range(steps):
        e, labels = augment(model(x), y, copies=20_000_000)
        loss = contrastive_loss(e, labels)
        opt.zero_grad()
        loss.backward()
        opt.step()
        print(step, loss.item())


if __name__ == "__main__":
    torch.manual_seed(0)
    train()
