import torch
from torch import nn

model = nn.Linear(3, 1)
x, y = torch.randn(8, 3), torch.randn(8)
loss = nn.functional.mse_loss(model(x).squeeze(1), y)
loss.backward()
