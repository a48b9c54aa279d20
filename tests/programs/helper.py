"""Two losses that go backward from one line of a helper, and a third that belongs to an object."""

import torch

torch.manual_seed(0)
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
told = {"fit": [], "shrink": [], "self.cost": []}


def descend(value, optimizer):
    optimizer.zero_grad()
    value.backward()
    optimizer.step()


class Trainer:
    def step(self):
        self.cost = model(torch.randn(4, 2)).abs().mean()
        self.cost.backward()
        told["self.cost"].append(self.cost.item())


trainer = Trainer()
for _ in range(6):
    fit = (model(torch.randn(8, 2)) - 1).pow(2).mean()
    descend(fit, optimizer)
    told["fit"].append(fit.item())
    shrink = model.weight.pow(2).sum()
    descend(shrink, optimizer)
    told["shrink"].append(shrink.item())
    trainer.step()
print(told)
