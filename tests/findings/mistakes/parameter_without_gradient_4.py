# Vector-quantised autoencoder, hand-written loop with two parameter groups.
import torch
from torch import nn

torch.manual_seed(19)


class VQ(nn.Module):
    def __init__(self, dim, code_dim, n_codes):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(dim, 16), nn.ReLU(), nn.Linear(16, code_dim))
        self.codebook = nn.Parameter(torch.randn(n_codes, code_dim))
        self.decoder = nn.Sequential(nn.Linear(code_dim, 16), nn.ReLU(), nn.Linear(16, dim))

    def quantise(self, z):
        distance = torch.cdist(z, self.codebook)
        nearest = distance.argmin(dim=1)  # HERE
        return self.codebook[nearest]  # HERE

    def forward(self, x):
        return self.decoder(self.quantise(self.encoder(x)))  # HERE


def groups(model, fast, slow):
    code = [model.codebook]
    rest = [p for n, p in model.named_parameters() if n != "codebook"]
    return [{"params": rest, "lr": slow}, {"params": code, "lr": fast}]


model = VQ(6, 3, 12)
opt = torch.optim.AdamW(groups(model, fast=2e-2, slow=5e-3))
warm = torch.optim.lr_scheduler.LambdaLR(opt, lambda s: min(1.0, (s + 1) / 10))
means = torch.randn(6, 6) * 2

for step in range(120):
    x = means[torch.randint(0, 6, (48,))] + 0.1 * torch.randn(48, 6)
    opt.zero_grad()
    loss = nn.functional.mse_loss(model(x), x)
    loss.backward()
    opt.step()
    warm.step()
    if step % 30 == 29:
        print(step + 1, "%.4f" % loss.item())
