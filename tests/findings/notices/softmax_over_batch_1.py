import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(64, 4)
y = x[:, :3].argmax(dim=1)
for step in range(30):
    chances = torch.softmax(model(x), dim=0)  # HERE
    loss = -torch.log(chances[torch.arange(64), y]).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
