import torch
import torch.nn as nn

torch.manual_seed(0)

layers = [nn.Linear(20, 32), nn.Sigmoid()]  # HERE
for _ in range(11):
    layers += [nn.Linear(32, 32), nn.Sigmoid()]  # HERE
layers.append(nn.Linear(32, 3))
net = nn.Sequential(*layers)  # HERE

X = torch.randn(300, 20)
y = X[:, :3].argmax(dim=1)

opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(100):
    opt.zero_grad()
    loss = nn.functional.cross_entropy(net(X), y)  # HERE
    loss.backward()  # HERE
    opt.step()
    if i % 25 == 0:
        print(i, loss.item())
