# layers in a plain python list, their parameters gathered for the optimizer by hand
import torch
from torch import nn

torch.manual_seed(0)


class MLP:
    """Not an nn.Module on purpose."""

    def __init__(self, sizes):
        self.layers = [nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]

    def params(self):
        return [p for l in self.layers for p in l.parameters()]

    def __call__(self, x):
        for l in self.layers[:-1]:
            x = torch.relu(l(x))
        return self.layers[-1](x)


class Boosted(nn.Module):
    """The weak learners live in a list with optimizers of their own, so parameters() doesn't show them."""

    def __init__(self, d):
        super().__init__()
        self.d, self.learners, self.scale = d, [], 0.5

    def forward(self, x):
        return sum((self.scale * l(x) for l in self.learners), torch.zeros(len(x), 1))

    def add(self, x, y, steps=60):
        with torch.no_grad():
            residual = y - self(x)
        learner = MLP([self.d, 12, 1])
        opt = torch.optim.Adam(learner.params(), lr=2e-2)
        for _ in range(steps):
            opt.zero_grad()
            loss = (learner(x) - residual).pow(2).mean()
            loss.backward()
            opt.step()
        self.learners.append(learner)
        return residual.pow(2).mean().item()


x = torch.randn(200, 4)
y = torch.sin(x[:, :1]) + x[:, 1:2] * x[:, 2:3]
b = Boosted(4)
for k in range(5):
    print(k, "mse before learner", b.add(x, y))
