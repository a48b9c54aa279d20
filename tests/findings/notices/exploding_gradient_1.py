import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1.5)
x = torch.randn(64, 4)
y = x.sum(dim=1, keepdim=True)
for step in range(12):
    loss = ((model(x) - y) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()  # HERE
    optimizer.step()
print(loss.item())
