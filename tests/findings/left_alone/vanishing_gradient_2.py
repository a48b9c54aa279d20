import torch
import torch.nn as nn

torch.manual_seed(2)


def block(i, o):
    return nn.Sequential(nn.Linear(i, o, bias=False), nn.BatchNorm1d(o), nn.Sigmoid())


net = nn.Sequential(
    block(16, 64),
    block(64, 64),
    block(64, 64),
    block(64, 64),
    nn.Linear(64, 1),
)
for m in net.modules():
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
    elif isinstance(m, nn.BatchNorm1d):
        nn.init.constant_(m.weight, 1.5)

X = torch.randn(512, 16)
y = torch.sin(X[:, :1] * 2) + 0.3 * X[:, 1:2]
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(15):
    perm = torch.randperm(512)
    for idx in perm.split(64):
        opt.zero_grad()
        loss = nn.functional.mse_loss(net(X[idx]), y[idx])
        loss.backward()
        opt.step()
    if epoch % 5 == 0:
        print(epoch, loss.item())
