import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters())
x = torch.randn(32, 5)
y = x.sum(dim=1)
for epoch in range(3):
    predicted = model(x)
    loss = ((predicted - y) ** 2).mean()  # HERE
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
