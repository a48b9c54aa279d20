# .numpy() / .detach() only for the text plot; the training itself stays in torch
import numpy as np
import torch
import torch.nn as nn


def ascii_plot(xs, ys, rows=8, cols=60):
    grid = [[" "] * cols for _ in range(rows)]
    lo, hi = ys.min(), ys.max() + 1e-9
    for x, y in zip(xs, ys):
        c = int((x - xs.min()) / (np.ptp(xs) + 1e-9) * (cols - 1))
        r = rows - 1 - int((y - lo) / (hi - lo) * (rows - 1))
        grid[r][c] = "*"
    print("\n".join("".join(r) for r in grid))


torch.manual_seed(0)
x = torch.linspace(-3, 3, 120).unsqueeze(1)
y = torch.sin(2 * x) * torch.exp(-0.2 * x ** 2)
net = nn.Sequential(nn.Linear(1, 48), nn.Tanh(), nn.Linear(48, 48), nn.Tanh(), nn.Linear(48, 1))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
snapshots = []
for it in range(401):
    pred = net(x)
    loss = nn.functional.mse_loss(pred, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if it % 200 == 0:
        p = pred.detach().numpy().squeeze()
        snapshots.append(p.copy())
        print(f"iteration {it}, loss {loss.item():.5f}, residual std {np.std(p - y.numpy().squeeze()):.4f}")
ascii_plot(x.numpy().ravel(), snapshots[-1])
