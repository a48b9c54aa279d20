import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
with torch.no_grad():
    model[0].bias[:10] = -50.0
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x = torch.randn(64, 4)
y = x.sum(dim=1, keepdim=True)
for step in range(30):
    loss = ((model(x) - y) ** 2).mean()  # HERE
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
