import torch
from torch import nn

model = nn.Linear(3, 1)
x, y = torch.randn(5, 3), torch.randn(5, 1)
criterion = nn.MSELoss(reduction="none")
loss = criterion(model(x), y)
loss.backward()  # HERE
