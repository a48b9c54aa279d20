import torch
from torch import nn

torch.manual_seed(0)
X = torch.randn(240, 12)
y = (X[:, :3].sum(1) > 0).long()

model = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 2))
loss_fn = nn.CrossEntropyLoss()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)

model.eval()  # HERE
with torch.no_grad():
    print("loss before training:", loss_fn(model(X[200:]), y[200:]).item())

for epoch in range(40):  # HERE
    opt.zero_grad()
    loss = loss_fn(model(X[:200]), y[:200])
    loss.backward()
    opt.step()

model.eval()
with torch.no_grad():
    print("loss after training:", loss_fn(model(X[200:]), y[200:]).item())
