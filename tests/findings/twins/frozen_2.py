"""Linear probe: features precomputed under no_grad, encoder in eval mode."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def extract(encoder, loader):
    encoder.eval()
    feats, labels = [], []
    with torch.no_grad():
        for xb, yb in loader:
            feats.append(encoder(xb))
            labels.append(yb)
    return torch.cat(feats), torch.cat(labels)


def main():
    torch.manual_seed(5)
    encoder = nn.Sequential(nn.Linear(20, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 32))
    X = torch.randn(300, 20)
    y = (X[:, 0] * X[:, 1] > 0).float()
    F, L = extract(encoder, DataLoader(TensorDataset(X, y), batch_size=64))
    F = (F - F.mean(0)) / F.std(0)
    probe = nn.Linear(32, 1)
    opt = torch.optim.Adam(probe.parameters(), lr=1e-2)
    for step in range(200):
        logits = probe(F).squeeze(1)
        loss = nn.functional.binary_cross_entropy_with_logits(logits, L)
        opt.zero_grad()
        loss.backward()
        opt.step()
        if step % 50 == 0:
            acc = ((logits > 0).float() == L).float().mean().item()
            print(f"{step:4d} loss {loss.item():.4f} acc {acc:.3f}")


main()
