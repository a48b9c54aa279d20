import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3), nn.Softmax(dim=1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
x, y = torch.randn(16, 4), torch.randint(0, 3, (16,))
for epoch in range(3):
    optimizer.zero_grad()
    loss = criterion(model(x), y)  # HERE
    loss.backward()
    optimizer.step()
