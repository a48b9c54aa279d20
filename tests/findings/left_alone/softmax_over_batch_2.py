"""CLIP-like contrastive training, and mixture weights: both take a softmax over dim 0 on purpose."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class MixtureEncoder(nn.Module):
    def __init__(self, d_in, d_out, experts=3):
        super().__init__()
        self.experts = nn.ModuleList(nn.Linear(d_in, d_out) for _ in range(experts))
        self.mix = nn.Parameter(torch.zeros(experts))

    def forward(self, x):
        w = torch.softmax(self.mix, dim=0)
        h = sum(w[i] * torch.tanh(e(x)) for i, e in enumerate(self.experts))
        return F.normalize(h, dim=1)


def clip_loss(a, b, scale=10.0):
    sim = scale * a @ b.t()  # (N, N)
    rows = F.log_softmax(sim, dim=1).diagonal()
    cols = F.log_softmax(sim, dim=0).diagonal()
    return -(rows.mean() + cols.mean()) / 2


def pairs(n, view):
    z = torch.randn(n, 6)
    return z @ view[0] + 0.1 * torch.randn(n, 20), z @ view[1] + 0.1 * torch.randn(n, 14)


def main():
    torch.manual_seed(0)
    view = (torch.randn(6, 20), torch.randn(6, 14))
    img, txt = MixtureEncoder(20, 16), MixtureEncoder(14, 16)
    opt = torch.optim.Adam([*img.parameters(), *txt.parameters()], lr=5e-3)
    for step in range(100):
        a, b = pairs(32, view)
        loss = clip_loss(img(a), txt(b))
        opt.zero_grad()
        loss.backward()
        opt.step()
        if step % 20 == 0:
            print(f"step {step} loss {loss.item():.3f}")


main()
