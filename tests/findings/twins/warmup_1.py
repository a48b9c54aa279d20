# linear warm-up from lr exactly 0, then cosine; scheduler stepped per batch
import math
import torch
import torch.nn as nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.AdamW(model.parameters(), lr=1e-2)
total, warm = 200, 20


def lr_lambda(step):
    if step < warm:
        return step / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / (total - warm)))


sched = torch.optim.lr_scheduler.LambdaLR(opt, lr_lambda)
w = torch.randn(6, 1)
for step in range(total):
    x = torch.randn(32, 6)
    loss = nn.functional.mse_loss(model(x), (x @ w).relu())
    opt.zero_grad()
    loss.backward()
    opt.step()
    sched.step()
    if step % 40 == 0:
        print(step, f"lr {sched.get_last_lr()[0]:.5f} loss {loss.item():.4f}")
