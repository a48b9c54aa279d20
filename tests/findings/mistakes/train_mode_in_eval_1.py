import torch
from torch import nn

torch.manual_seed(0)
X = torch.randn(300, 10)
y = (X[:, 0] + X[:, 1] > 0).long()
Xtr, ytr, Xte, yte = X[:200], y[:200], X[200:], y[200:]

model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 2))
opt = torch.optim.Adam(model.parameters(), lr=0.01)
loss_fn = nn.CrossEntropyLoss()

for epoch in range(30):
    opt.zero_grad()
    loss = loss_fn(model(Xtr), ytr)
    loss.backward()
    opt.step()

with torch.no_grad():  # HERE
    pred = model(Xte).argmax(dim=1)  # HERE
    print("test accuracy:", (pred == yte).float().mean().item())
