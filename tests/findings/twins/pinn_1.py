"""PINN for u'' + u' + 4u = 0, u(0)=1, u'(0)=0; derivatives via create_graph."""
import torch
import torch.nn as nn

torch.manual_seed(0)
u = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(u.parameters(), lr=3e-3)


def derivative(y, x):
    return torch.autograd.grad(y, x, torch.ones_like(y), create_graph=True)[0]


x0 = torch.zeros(1, 1, requires_grad=True)
for it in range(400):
    x = torch.rand(64, 1, requires_grad=True) * 3
    y = u(x)
    dy = derivative(y, x)
    ddy = derivative(dy, x)
    residual = (ddy + dy + 4 * y).pow(2).mean()
    y0 = u(x0)
    bc = (y0 - 1).pow(2).mean() + derivative(y0, x0).pow(2).mean()
    loss = residual + 10 * bc
    opt.zero_grad()
    loss.backward()
    opt.step()
    if it % 100 == 0:
        print(it, residual.item(), bc.item())
with torch.no_grad():
    print(u(torch.tensor([[0.0], [0.5], [1.0]])).flatten().tolist())
