import torch
from torch import nn

model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
optimizer.zero_grad()
for n, x in enumerate(torch.randn(12, 3, 4), 1):
    loss = model(x).pow(2).mean() / 4
    loss.backward()
    if n % 4 == 0:
        optimizer.step()
        optimizer.zero_grad()
