"""Curriculum with an epsilon-insensitive loss: it reaches exactly 0, then the task gets harder."""
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
width, eps, streak = 0.5, 0.25, 0
for step in range(1000):
    x = (torch.rand(64, 1) * 2 - 1) * width
    y = torch.sin(2 * x)
    loss = torch.relu((net(x) - y).abs() - eps).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    streak = streak + 1 if loss.item() == 0 else 0
    if streak >= 3 and width < 2.0:
        width, streak = width + 0.25, 0
        print(f"step {step}: solved, width -> {width}")
print("final width", width, "loss", loss.item())
