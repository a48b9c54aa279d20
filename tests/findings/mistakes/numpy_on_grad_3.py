import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def r2(t, p):
    return 1 - ((t - p) ** 2).sum() / ((t - t.mean()) ** 2).sum()


def main():
    torch.manual_seed(25)
    x = torch.randn(300, 3)
    y = (x[:, :1] - 2 * x[:, 1:2]).tanh()
    dl = DataLoader(TensorDataset(x, y), 30, shuffle=True)
    net = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 1))
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    for epoch in range(4):
        truth, pred = [], []
        for xb, yb in dl:
            opt.zero_grad()
            out = net(xb)
            loss = nn.functional.mse_loss(out, yb)
            loss.backward()
            opt.step()
            truth.append(yb.numpy())
            pred.append(out.numpy())  # HERE
        print(epoch, "R2", r2(np.concatenate(truth), np.concatenate(pred)))


main()
