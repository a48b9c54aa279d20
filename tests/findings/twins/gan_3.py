"""WGAN-GP: gradient penalty through create_graph."""
import torch
from torch import nn

torch.manual_seed(4)
G = nn.Sequential(nn.Linear(8, 64), nn.LeakyReLU(0.2), nn.Linear(64, 2))
D = nn.Sequential(nn.Linear(2, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1))
opt_d = torch.optim.Adam(D.parameters(), 1e-3, betas=(0.0, 0.9))
opt_g = torch.optim.Adam(G.parameters(), 1e-3, betas=(0.0, 0.9))
centers = torch.tensor([[2.0, 0.0], [-2.0, 0.0], [0.0, 2.0], [0.0, -2.0]])


def real(n):
    return centers[torch.randint(0, 4, (n,))] + 0.1 * torch.randn(n, 2)


def gradient_penalty(critic, a, b):
    eps = torch.rand(a.size(0), 1)
    mix = (eps * a + (1 - eps) * b).requires_grad_(True)
    score = critic(mix)
    g, = torch.autograd.grad(score, mix, grad_outputs=torch.ones_like(score),
                             create_graph=True, retain_graph=True)
    return ((g.norm(2, dim=1) - 1) ** 2).mean()


history = []
for step in range(200):
    r = real(64)
    f = G(torch.randn(64, 8)).detach()
    d_loss = D(f).mean() - D(r).mean() + 10.0 * gradient_penalty(D, r, f)
    opt_d.zero_grad()
    d_loss.backward()
    opt_d.step()
    if step % 5 == 4:
        g_loss = -D(G(torch.randn(64, 8))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history.append((d_loss.item(), g_loss.item()))
print(history[::8])
