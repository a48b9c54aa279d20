# fine-tune only the head of a frozen backbone
import torch
import torch.nn as nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self, n_cls=3):
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(),
                                      nn.AdaptiveAvgPool2d(4), nn.Flatten())
        self.head = nn.Linear(128, n_cls)

    def forward(self, x):
        return self.head(self.backbone(x))


net = Net()
for p in net.backbone.parameters():
    p.requires_grad = False
net.head = nn.Linear(128, 5)  # replaced before the optimizer is built
opt = torch.optim.SGD(net.head.parameters(), lr=0.1, momentum=0.9)

x = torch.randn(100, 1, 12, 12)
y = torch.randint(0, 5, (100,))
for k in range(100):  # give each class a mark in its own row
    x[k, 0, 2 * y[k]:2 * y[k] + 2] += 2.0

net.train()
net.backbone.eval()
for epoch in range(20):
    perm = torch.randperm(100)
    tot = 0.0
    for idx in perm.split(20):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(x[idx]), y[idx])
        loss.backward()
        opt.step()
        tot += loss.item()
    if epoch % 5 == 4:
        print(epoch + 1, tot / 5)
