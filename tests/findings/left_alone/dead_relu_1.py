"""Sparse autoencoder: few units fire for each sample, but every unit has its samples."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class SparseAE(nn.Module):
    def __init__(self, d=32, k=48):
        super().__init__()
        self.enc = nn.Linear(d, k)
        self.dec = nn.Linear(k, d)
        nn.init.orthogonal_(self.enc.weight)
        nn.init.constant_(self.enc.bias, -0.6)

    def forward(self, x):
        code = F.relu(self.enc(x))
        return self.dec(code), code


def batch(atoms, n=256):
    picks = (torch.rand(n, atoms.shape[0]) < 0.15).float() * torch.rand(n, atoms.shape[0])
    return 2 * picks @ atoms


def main():
    torch.manual_seed(0)
    atoms = F.normalize(torch.randn(40, 32), dim=1)
    model = SparseAE()
    opt = torch.optim.Adam(model.parameters(), lr=3e-3)
    for step in range(150):
        x = batch(atoms)
        rec, code = model(x)
        loss = F.mse_loss(rec, x) + 1e-4 * code.abs().sum(1).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        if step % 30 == 0:
            print(f"{step} loss {loss.item():.4f} active {(code > 0).float().mean().item():.2f}")


main()
