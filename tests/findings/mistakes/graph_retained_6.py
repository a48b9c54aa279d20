import torch
from torch import nn


class Meter:
    """Keeps a history and reports its running mean."""

    def __init__(self, name):
        self.name = name
        self.values = []

    def update(self, v):
        self.values.append(v)  # HERE

    @property
    def mean(self):
        return sum(self.values) / max(1, len(self.values))


def contrastive(a, b, tau=0.2):
    a = nn.functional.normalize(a, dim=1)
    b = nn.functional.normalize(b, dim=1)
    logits = a @ b.t() / tau
    return nn.functional.cross_entropy(logits, torch.arange(len(a)))


def augment(x):
    return x + 0.3 * torch.randn_like(x)


def main():
    torch.manual_seed(31)
    centres = torch.randn(10, 16) * 2
    data = centres[torch.randint(0, 10, (640,))] + torch.randn(640, 16)
    encoder = nn.Sequential(nn.Linear(16, 48), nn.ReLU(), nn.Linear(48, 8))
    opt = torch.optim.Adam(encoder.parameters(), lr=2e-3)
    meter = Meter("nce")
    for epoch in range(8):
        for idx in torch.randperm(640).split(64):
            v1, v2 = augment(data[idx]), augment(data[idx])
            loss = contrastive(encoder(v1), encoder(v2))
            opt.zero_grad()
            loss.backward()
            opt.step()
            meter.update(loss)  # HERE
        print(f"epoch {epoch} {meter.name} {float(meter.mean.detach()):.4f}")


main()
