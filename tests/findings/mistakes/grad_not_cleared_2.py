import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()


def train(loader):
    model.train()
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()  # HERE
        optimizer.step()


data = [(torch.randn(8, 4), torch.randint(0, 2, (8,))) for _ in range(6)]
optimizer.zero_grad()
for epoch in range(2):
    train(data)
