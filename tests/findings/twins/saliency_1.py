# saliency and integrated gradients in eval mode
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
X = torch.randn(200, 8)
y = 3 * X[:, 2] - 2 * X[:, 5]
for _ in range(150):
    opt.zero_grad()
    nn.functional.mse_loss(net(X).squeeze(1), y).backward()
    opt.step()

net.eval()
x = X[:20].clone().requires_grad_()
net(x).sum().backward()
print("saliency", x.grad.abs().mean(0).numpy().round(2))

base = torch.zeros(1, 8)
inp = X[:1]
total = torch.zeros(1, 8)
for a in torch.linspace(0.02, 1, 50):
    p = (base + a * (inp - base)).requires_grad_()
    total += torch.autograd.grad(net(p).sum(), p)[0]
ig = (inp - base) * total / 50
with torch.no_grad():
    print("IG sum", ig.sum().item(), "difference", (net(inp) - net(base)).item())
