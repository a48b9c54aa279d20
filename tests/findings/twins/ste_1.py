"""Straight-through estimator: binary code autoencoder."""
import torch
import torch.nn as nn

torch.manual_seed(0)


class Binarize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x > 0).float()

    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return g * (x.abs() <= 1).float()


class AE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(10, 6)
        self.dec = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 10))

    def forward(self, x):
        code = Binarize.apply(self.enc(x))
        return self.dec(code), code


proto = torch.randn(8, 10)
ae = AE()
opt = torch.optim.Adam(ae.parameters(), lr=1e-2)
for step in range(200):
    x = proto[torch.randint(0, 8, (32,))] + 0.1 * torch.randn(32, 10)
    rec, code = ae(x)
    loss = nn.functional.mse_loss(rec, x)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 50 == 0:
        print(step, loss.item(), code.mean().item())
