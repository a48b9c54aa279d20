"""Top-1 mixture of experts; experts without tokens in a batch get no gradient."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class MoE(nn.Module):
    def __init__(self, d, n_exp=6):
        super().__init__()
        self.gate = nn.Linear(d, n_exp)
        self.experts = nn.ModuleList([nn.Sequential(nn.Linear(d, 32), nn.ReLU(), nn.Linear(32, d)) for _ in range(n_exp)])

    def forward(self, x):
        probs = F.softmax(self.gate(x), dim=-1)
        w, idx = probs.max(dim=-1)
        out = torch.zeros_like(x)
        for e, expert in enumerate(self.experts):
            sel = (idx == e).nonzero(as_tuple=True)[0]
            if sel.numel() == 0:
                continue
            out = out.index_add(0, sel, w[sel].unsqueeze(1) * expert(x[sel]))
        frac = F.one_hot(idx, len(self.experts)).float().mean(0)
        aux = len(self.experts) * (frac * probs.mean(0)).sum()
        return out, aux, frac


torch.manual_seed(0)
moe, head = MoE(8), nn.Linear(8, 1)
opt = torch.optim.Adam([*moe.parameters(), *head.parameters()], lr=3e-3)
for step in range(150):
    x = torch.randn(8, 8)  # small batch: often some experts have nothing to do
    y = torch.where(x[:, :1] > 0, x[:, 1:2], -x[:, 2:3])
    h, aux, frac = moe(x)
    loss = F.mse_loss(head(x + h), y) + 0.01 * aux
    opt.zero_grad(set_to_none=True)
    loss.backward()
    opt.step()
    if step % 50 == 0:
        idle = sum(all(p.grad is None for p in e.parameters()) for e in moe.experts)
        print(step, round(loss.item(), 4), "idle experts", idle)
