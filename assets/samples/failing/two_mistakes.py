import torch
from torch import nn

torch.manual_seed(0)
x = torch.linspace(-1, 1, 20).unsqueeze(1)
y = 2 * x.squeeze(1) + 1

model = nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)

for step in range(15):
    error = model(x) - y
    loss = (error**2).mean()
    loss.backward()
    optimizer.step()

print(model.weight.item(), model.bias.item())
