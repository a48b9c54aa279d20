import torch
import torch.nn as nn

torch.manual_seed(0)
X = torch.randn(200, 8)
y = (X[:, 0] * X[:, 1] > 0).long()

encoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU())
head = nn.Linear(32, 2)
opt = torch.optim.Adam(list(encoder.parameters()) + list(head.parameters()), lr=0.01)
loss_fn = nn.CrossEntropyLoss()

for epoch in range(50):
    opt.zero_grad()
    features = encoder(X).detach()  # HERE
    loss = loss_fn(head(features), y)
    loss.backward()
    opt.step()
    if epoch % 10 == 0:
        print(epoch, loss.item())
