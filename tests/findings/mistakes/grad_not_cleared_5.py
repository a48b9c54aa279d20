# 1-D GAN, learns N(3, 0.5)
import torch
import torch.nn as nn

torch.manual_seed(0)
nz = 4
netG = nn.Sequential(nn.Linear(nz, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))
netD = nn.Sequential(nn.Linear(1, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))
optG = torch.optim.Adam(netG.parameters(), lr=1e-3, betas=(0.5, 0.999))
optD = torch.optim.Adam(netD.parameters(), lr=1e-3, betas=(0.5, 0.999))
bce = nn.BCEWithLogitsLoss()
ones = torch.ones(64, 1)
zeros = torch.zeros(64, 1)

for it in range(300):
    # ---- discriminator: real and fake -------------------------------
    netG.zero_grad()  # HERE
    real = 3 + 0.5 * torch.randn(64, 1)
    fake = netG(torch.randn(64, nz))
    lossD = bce(netD(real), ones) + bce(netD(fake.detach()), zeros)
    lossD.backward()  # HERE
    optD.step()

    # ---- generator ---------------------------------------------------
    netG.zero_grad()
    lossG = bce(netD(fake), ones)
    lossG.backward()
    optG.step()

    if it % 60 == 0:
        with torch.no_grad():
            s = netG(torch.randn(500, nz))
        print(f"[{it}] D {lossD.item():.3f}  G {lossG.item():.3f}  mean {s.mean().item():.2f} std {s.std().item():.2f}")
