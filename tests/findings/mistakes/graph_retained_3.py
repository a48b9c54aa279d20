import collections

import torch
import torch.nn as nn


class Meter:
    """Named running averages."""

    def __init__(self):
        self.sums = collections.defaultdict(float)
        self.counts = collections.Counter()

    def log(self, **values):
        for name, value in values.items():
            self.sums[name] = self.sums[name] + value  # HERE
            self.counts[name] += 1

    def summary(self):
        return "  ".join(f"{k} {float(torch.as_tensor(v).detach()) / self.counts[k]:.4f}" for k, v in self.sums.items())


class VAE(nn.Module):
    def __init__(self, dim=10, z=2):
        super().__init__()
        self.enc = nn.Linear(dim, 2 * z)
        self.dec = nn.Sequential(nn.Linear(z, 16), nn.ReLU(), nn.Linear(16, dim))

    def forward(self, x):
        mu, logvar = self.enc(x).chunk(2, dim=1)
        z = mu + torch.randn_like(mu) * (0.5 * logvar).exp()
        return self.dec(z), mu, logvar


def elbo_terms(model, x):
    rec, mu, logvar = model(x)
    recon = (rec - x).pow(2).sum(1).mean()
    kl = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(1).mean()
    return recon, kl


def main():
    torch.manual_seed(3)
    data = torch.randn(240, 2) @ torch.randn(2, 10) + 0.1 * torch.randn(240, 10)
    model, meter = VAE(), Meter()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for epoch in range(6):
        model.train()
        for idx in torch.randperm(240).split(24):
            recon, kl = elbo_terms(model, data[idx])
            loss = recon + 0.1 * kl
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            meter.log(recon=recon, kl=kl, loss=loss)  # HERE
        print(epoch, meter.summary())


main()
