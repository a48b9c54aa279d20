# GAN on a 1-d mixture; the generator's samples are kept for a histogram at the end.
import torch
from torch import nn

torch.manual_seed(23)


def net(i, o):
    return nn.Sequential(nn.Linear(i, 24), nn.LeakyReLU(0.2), nn.Linear(24, o))


def real(n):
    side = torch.randint(0, 2, (n, 1)).float() * 4 - 2
    return side + 0.3 * torch.randn(n, 1)


G, D = net(3, 1), net(1, 1)
og = torch.optim.Adam(G.parameters(), lr=2e-3, betas=(0.5, 0.99))
od = torch.optim.Adam(D.parameters(), lr=2e-3, betas=(0.5, 0.99))
bce = nn.BCEWithLogitsLoss()
ones, zeros = torch.ones(64, 1), torch.zeros(64, 1)
album = {}

for it in range(120):
    od.zero_grad()
    with torch.no_grad():
        detached = G(torch.randn(64, 3))
    d_loss = bce(D(real(64)), ones) + bce(D(detached), zeros)
    d_loss.backward()
    od.step()

    og.zero_grad()
    fake = G(torch.randn(64, 3))
    g_loss = bce(D(fake), ones)
    g_loss.backward()
    og.step()

    album[it] = fake  # HERE
    if it % 40 == 39:
        print(it + 1, f"D {d_loss.item():.3f} G {g_loss.item():.3f}")

late = torch.cat([album[i] for i in range(100, 120)]).detach()
print(torch.histc(late, bins=8, min=-4, max=4).int().tolist())
