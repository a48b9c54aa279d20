"""SparseAdam for the embedding, Adam for the rest."""
import torch
from torch import nn


class Recommender(nn.Module):
    def __init__(self, users=50, items=80, d=8):
        super().__init__()
        self.u = nn.Embedding(users, d, sparse=True)
        self.i = nn.Embedding(items, d, sparse=True)
        self.mlp = nn.Sequential(nn.Linear(2 * d, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, u, i):
        eu, ei = self.u(u), self.i(i)
        return (eu * ei).sum(-1) + self.mlp(torch.cat([eu, ei], -1)).squeeze(-1)


torch.manual_seed(0)
U, I = torch.randn(50, 3), torch.randn(80, 3)
m = Recommender()
sparse = torch.optim.SparseAdam(list(m.u.parameters()) + list(m.i.parameters()), lr=1e-2)
dense = torch.optim.Adam(m.mlp.parameters(), lr=2e-3)
losses = []
for step in range(250):
    u, i = torch.randint(0, 50, (64,)), torch.randint(0, 80, (64,))
    r = (U[u] * I[i]).sum(1)
    loss = nn.functional.mse_loss(m(u, i), r)
    sparse.zero_grad()
    dense.zero_grad()
    loss.backward()
    sparse.step()
    dense.step()
    losses.append(loss.item())
print(sum(losses[:25]) / 25, "->", sum(losses[-25:]) / 25)
