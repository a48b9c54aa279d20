import torch
from torch import nn

torch.manual_seed(0)
X, Xv = torch.randn(200, 6), torch.randn(80, 6)
w = torch.randn(6, 1)
Y, Yv = X @ w, Xv @ w

net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
mse = nn.MSELoss()

for epoch in range(30):
    net.train()
    opt.zero_grad()
    loss = mse(net(X), Y)
    loss.backward()
    opt.step()

    net.eval()  # HERE
    val = mse(net(Xv), Yv).item()  # HERE
    if epoch % 10 == 9:
        print(epoch, loss.item(), val)
