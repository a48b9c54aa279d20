"""Huge views made with expand(): 2**40 rows of 1024, four kilobytes of memory."""
import torch
import torch.nn as nn

torch.manual_seed(0)

row = torch.randn(1, 1024)
endless = row.expand(1 << 40, 1024)
print("virtual elements:", endless.numel(), "real elements:", endless.untyped_storage().size() // 4)

model = nn.Linear(1024, 1)
opt = torch.optim.SGD(model.parameters(), lr=1e-4)
noise = torch.zeros(1, 1).expand(1 << 40, 1)

for step in range(60):
    start = step * 1_000_000_007 % (1 << 40)
    xb = endless[start:start + 16]
    yb = noise[start:start + 16] + 1.0
    loss = ((model(xb) - yb) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
