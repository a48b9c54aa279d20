import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(10, 32)
        self.second = nn.Linear(64, 1)

    def forward(self, x):
        hidden = torch.relu(self.first(x))
        return self.second(hidden)  # HERE


model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for batch in torch.randn(3, 8, 10):
    loss = model(batch).mean()
    loss.backward()
    optimizer.step()
