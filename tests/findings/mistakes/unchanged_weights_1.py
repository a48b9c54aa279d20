import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.rand(100, 1) * 6 - 3
y = torch.sin(x)

net = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 1))
opt = torch.optim.SGD(net.parameters(), lr=1 // 100, momentum=0.9)  # HERE

for epoch in range(100):
    opt.zero_grad()
    loss = nn.functional.mse_loss(net(x), y)
    loss.backward()
    opt.step()
    if epoch % 25 == 0:
        print(epoch, loss.item())
