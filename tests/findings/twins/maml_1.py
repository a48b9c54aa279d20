"""MAML on sine regression: inner loop keeps the graph, outer optimizer on the initial parameters."""
import torch
import torch.nn.functional as F

torch.manual_seed(0)


def init():
    sizes = [(1, 32), (32, 32), (32, 1)]
    ps = []
    for i, o in sizes:
        ps.append((torch.randn(o, i) / i ** 0.5).requires_grad_())
        ps.append(torch.zeros(o, requires_grad=True))
    return ps


def net(x, ps):
    h = torch.relu(F.linear(x, ps[0], ps[1]))
    h = torch.relu(F.linear(h, ps[2], ps[3]))
    return F.linear(h, ps[4], ps[5])


class Task:
    def __init__(self):
        self.amp = torch.rand(1) * 4 + 0.5
        self.ph = torch.rand(1) * 3.14

    def sample(self, n):
        x = torch.rand(n, 1) * 10 - 5
        return x, self.amp * torch.sin(x + self.ph)


def adapt(ps, x, y, steps=1, lr=0.01, create_graph=True):
    fast = list(ps)
    for _ in range(steps):
        loss = F.mse_loss(net(x, fast), y)
        grads = torch.autograd.grad(loss, fast, create_graph=create_graph)
        fast = [p - lr * g for p, g in zip(fast, grads)]
    return fast


meta = init()
opt = torch.optim.Adam(meta, lr=2e-3)
ema = None
for it in range(150):
    opt.zero_grad()
    meta_loss = 0.0
    for _ in range(4):
        t = Task()
        fast = adapt(meta, *t.sample(10))
        xq, yq = t.sample(10)
        meta_loss = meta_loss + F.mse_loss(net(xq, fast), yq)
    meta_loss = meta_loss / 4
    meta_loss.backward()
    opt.step()
    ema = meta_loss.item() if ema is None else 0.95 * ema + 0.05 * meta_loss.item()
    if it % 50 == 49:
        print(it + 1, round(ema, 3))
t = Task()
fast = adapt(meta, *t.sample(10), steps=5, create_graph=False)
x, y = t.sample(100)
with torch.no_grad():
    print("adapted", F.mse_loss(net(x, fast), y).item(), "before", F.mse_loss(net(x, meta), y).item())
