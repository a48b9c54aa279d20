# dropout kept active through F.dropout(training=True); predictive entropy in evaluation
import torch
import torch.nn.functional as F
from torch import nn


class BayesMLP(nn.Module):
    def __init__(self, p=0.3):
        super().__init__()
        self.a, self.b, self.p = nn.Linear(2, 64), nn.Linear(64, 3), p

    def forward(self, x):
        h = F.relu(self.a(x))
        h = F.dropout(h, self.p, training=True)  # always stochastic (Gal & Ghahramani)
        return self.b(h)


def blobs(n):
    y = torch.randint(0, 3, (n,))
    c = torch.tensor([[0.0, 2.0], [-2.0, -1.0], [2.0, -1.0]])
    return c[y] + 0.5 * torch.randn(n, 2), y


torch.manual_seed(0)
m = BayesMLP()
opt = torch.optim.Adam(m.parameters(), lr=1e-2)
for i in range(150):
    x, y = blobs(64)
    loss = F.cross_entropy(m(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()

m.eval()
x, y = blobs(300)
far = torch.tensor([[0.0, 0.0], [0.0, 0.3]])
with torch.no_grad():
    def probs(inp, T=30):
        return sum(F.softmax(m(inp), -1) for _ in range(T)) / T

    def entropy(p):
        return -(p * (p + 1e-9).log()).sum(-1)

    p = probs(x)
    print("acc", (p.argmax(-1) == y).float().mean().item())
    print("entropy in / between", entropy(p).mean().item(), entropy(probs(far)).mean().item())
