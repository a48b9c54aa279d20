"""Running averages, deque(maxlen), a detached history."""
from collections import defaultdict, deque

import torch
import torch.nn as nn


class Meter:
    def __init__(self, window=20):
        self.window, self.total, self.count = deque(maxlen=window), 0.0, 0

    def update(self, v, n=1):
        self.window.append(v)
        self.total += v * n
        self.count += n

    def __str__(self):
        return f"{sum(self.window) / len(self.window):.4f} ({self.total / self.count:.4f})"


class Logger:
    def __init__(self):
        self.meters, self.tensors = defaultdict(Meter), []

    def log(self, **kw):
        for k, v in kw.items():
            if torch.is_tensor(v):
                v = v.detach().item()
            self.meters[k].update(v)


torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
logger, history, best = Logger(), [], float("inf")
ema_loss = None
for step in range(200):
    x = torch.randn(32, 5)
    target = torch.stack([x[:, 0] * x[:, 1], x[:, 2]], 1)
    out = net(x)
    l1 = nn.functional.mse_loss(out[:, 0], target[:, 0])
    l2 = nn.functional.mse_loss(out[:, 1], target[:, 1])
    loss = l1 + l2
    opt.zero_grad()
    loss.backward()
    opt.step()
    ema_loss = loss.detach() if ema_loss is None else 0.9 * ema_loss + 0.1 * loss.detach()
    history.append(loss.detach())
    logger.log(loss=loss, prod=l1, lin=l2, lr=opt.param_groups[0]["lr"])
    best = min(best, loss.item())
    if step % 50 == 49:
        print(step + 1, {k: str(m) for k, m in logger.meters.items()}, f"ema {ema_loss:.4f}")
print("history", torch.stack(history).view(4, 50).mean(1).tolist(), "best", best)
