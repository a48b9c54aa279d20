"""Mixed precision with a scaler, gradient accumulation over inner batches, and a scheduler."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.9)
scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
seen = []
for _ in range(25):
    optimizer.zero_grad()
    for _part in range(3):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = model(torch.randn(6, 4)).float().pow(2).mean() / 3
        scaler.scale(loss).backward()
        seen.append(loss.item())
    scaler.step(optimizer)
    scaler.update()
    schedule.step()

print(repr({"loss": seen}))
