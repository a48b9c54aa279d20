"""Per-sample gradients with torch.func (DP-SGD like)."""
import torch
from torch import nn
from torch.func import functional_call, grad, vmap

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 2))
params = {k: v.detach().clone() for k, v in net.named_parameters()}


def loss_fn(p, x, y):
    logits = functional_call(net, p, (x.unsqueeze(0),))
    return nn.functional.cross_entropy(logits, y.unsqueeze(0))


per_sample = vmap(grad(loss_fn), in_dims=(None, 0, 0))
X = torch.randn(128, 6)
Y = (X[:, 0] > X[:, 1]).long()
C, sigma, lr = 1.0, 0.3, 0.5
for step in range(60):
    idx = torch.randint(0, 128, (32,))
    g = per_sample(params, X[idx], Y[idx])
    norms = torch.sqrt(sum(v.flatten(1).pow(2).sum(1) for v in g.values()))
    factor = (C / (norms + 1e-6)).clamp(max=1.0)
    for k in params:
        clipped = torch.einsum("b,b...->...", factor, g[k])
        noisy = (clipped + sigma * C * torch.randn_like(clipped)) / len(idx)
        params[k] = params[k] - lr * noisy
    if step % 20 == 0:
        acc = (functional_call(net, params, (X,)).argmax(1) == Y).float().mean()
        print(step, "mean norm", norms.mean().item(), "acc", acc.item())
