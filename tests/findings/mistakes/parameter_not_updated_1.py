import torch
from torch import nn

torch.manual_seed(0)
X = torch.randn(200, 5)
y = (X ** 2).sum(dim=1, keepdim=True)

baseline = nn.Linear(5, 1)
deep = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))

opt = torch.optim.Adam(baseline.parameters(), lr=0.01)
for i in range(50):
    opt.zero_grad()
    nn.functional.mse_loss(baseline(X), y).backward()
    opt.step()

opt_deep = torch.optim.Adam(baseline.parameters(), lr=0.01)  # HERE
for i in range(50):
    opt_deep.zero_grad()
    loss = nn.functional.mse_loss(deep(X), y)
    loss.backward()
    opt_deep.step()
    if i % 10 == 0:
        print(i, loss.item())
