import torch
from torch import nn

table = nn.Embedding(5, 3, max_norm=0.1)
optimizer = torch.optim.SGD(table.parameters(), lr=0.1)
for step in range(3):
    optimizer.zero_grad()
    for part in range(2):
        table(torch.tensor([0, 1, part])).sum().backward()
        with torch.no_grad():
            table.weight.mul_(1.01)
    optimizer.step()
