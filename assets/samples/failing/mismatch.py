"""A mistake that everybody makes once: two layers that do not fit together."""

import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(4, 8)
        self.out = nn.Linear(6, 1)

    def forward(self, x):
        h = torch.relu(self.hidden(x))
        return self.out(h)


net = Net()
batch = torch.randn(5, 4)
print(net(batch).shape)
