"""Sequence classification from the last hidden state: the per-step outputs are not needed."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class LastState(nn.Module):
    def __init__(self, d_in=3, hidden=24, classes=2):
        super().__init__()
        self.lstm = nn.LSTM(d_in, hidden, batch_first=True)
        self.pool = nn.MaxPool1d(2, return_indices=True)
        self.fc = nn.Linear(hidden // 2, classes)

    def forward(self, x):
        _, (h, c) = self.lstm(x)
        pooled, _ = self.pool(h[-1].unsqueeze(1))
        return self.fc(pooled.squeeze(1))


def make_batch(n=64, t=12):
    x = torch.randn(n, t, 3)
    y = (x[:, :, 0].sum(1) > 0).long()
    return x, y


def main():
    torch.manual_seed(0)
    model = LastState()
    opt = torch.optim.Adam(model.parameters(), lr=5e-3)
    for step in range(80):
        x, y = make_batch()
        loss = F.cross_entropy(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        if step % 20 == 0:
            print(f"{step} {loss.item():.3f}")


main()
