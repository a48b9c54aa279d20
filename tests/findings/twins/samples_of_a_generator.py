# official DCGAN tutorial: samples for the eye after the last step, generator in training mode as always in DCGAN
import torch
from torch import nn
torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 8), nn.Tanh())
D = nn.Sequential(nn.Linear(8, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
og, od = torch.optim.Adam(G.parameters(), 1e-3), torch.optim.Adam(D.parameters(), 1e-3)
bce, fixed_noise, img_list = nn.BCEWithLogitsLoss(), torch.randn(16, 4), []
for i in range(20):
    real, fake = torch.randn(16, 8).tanh(), G(torch.randn(16, 4))
    od.zero_grad()
    (bce(D(real), torch.ones(16, 1)) + bce(D(fake.detach()), torch.zeros(16, 1))).backward()
    od.step()
    og.zero_grad()
    bce(D(fake), torch.ones(16, 1)).backward()
    og.step()
    if i % 5 == 0 or i == 19:
        with torch.no_grad():
            fake = G(fixed_noise).detach().cpu()
        low, high = float(fake.min()), float(fake.max())  # what make_grid(normalize=True) does
        img_list.append((fake - low) / (high - low))
