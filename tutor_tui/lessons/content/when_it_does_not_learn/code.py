import torch
from torch import nn

x = torch.linspace(-1, 1, 20).unsqueeze(1)
y = 2*x.squeeze(1) + 1

# A line is to be learned: y = 2x + 1. This loop ends without an error.
torch.manual_seed(0)
model = nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
for step in range(15):
    error = model(x) - y
    loss = (error**2).mean()
    loss.backward()
    optimizer.step()
broken_weight, broken_bias = model.weight.item(), model.bias.item()
print("broken:", broken_weight, broken_bias)

# The same loop, mended in two places.
torch.manual_seed(0)
model = nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
for step in range(15):
    distance = model(x).squeeze(1) - y
    mended = (distance**2).mean()
    optimizer.zero_grad()
    mended.backward()
    optimizer.step()
weight, bias = model.weight.item(), model.bias.item()
print("mended:", weight, bias)
