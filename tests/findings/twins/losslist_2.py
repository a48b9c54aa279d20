# forward hooks collect activations each step; the list is emptied after backward
import torch
from torch import nn

torch.manual_seed(0)
activations = []


def keep(module, inputs, output):
    activations.append(output)


net = nn.Sequential(nn.Linear(6, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
handles = [m.register_forward_hook(keep) for m in net if isinstance(m, nn.ReLU)]
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for step in range(150):
    x = torch.randn(64, 6)
    y = (x[:, 0] > x[:, 1]).long()
    loss = nn.functional.cross_entropy(net(x), y)
    sparsity = sum(a.abs().mean() for a in activations)
    loss = loss + 0.05 * sparsity
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 50 == 0:
        print(step, loss.item(), [round((a > 0).float().mean().item(), 2) for a in activations])
    activations = []
for h in handles:
    h.remove()
