import torch
from torch import nn

torch.manual_seed(1)
model = nn.Sequential(nn.Linear(20, 30), nn.ReLU(), nn.Linear(30, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(64, 20), torch.randn(64, 1)
for epoch in range(2):
    for i in range(0, 64, 16):
        batch, target = x[i : i + 16], y[i : i + 16]
        loss = nn.functional.mse_loss(model(batch), target)
        loss.backward()  # HERE
        optimizer.step()
    print(epoch, loss.item())
