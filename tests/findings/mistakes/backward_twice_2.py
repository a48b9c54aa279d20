import torch
from torch import nn

cell = nn.RNNCell(3, 4)
optimizer = torch.optim.SGD(cell.parameters(), lr=0.1)
hidden = torch.zeros(1, 4)
for step in range(3):
    hidden = cell(torch.randn(1, 3), hidden)
    loss = hidden.pow(2).sum()
    optimizer.zero_grad()
    loss.backward()  # HERE
    optimizer.step()
