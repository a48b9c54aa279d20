"""Fine-tuning with only the batch-norm layers in eval mode."""
import torch
import torch.nn as nn


class ConvNet(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.f = nn.Sequential(
            nn.Conv2d(3, 12, 3, padding=1), nn.BatchNorm2d(12), nn.ReLU(inplace=True), nn.MaxPool2d(2),
            nn.Conv2d(12, 24, 3, padding=1), nn.BatchNorm2d(24), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1))
        self.drop = nn.Dropout(0.2)
        self.fc = nn.Linear(24, n)

    def train(self, mode=True):
        super().train(mode)
        for m in self.modules():
            if isinstance(m, nn.BatchNorm2d):
                m.eval()
        return self

    def forward(self, x):
        return self.fc(self.drop(self.f(x).flatten(1)))


def batch(n=16):
    y = torch.randint(0, 4, (n,))
    x = 0.3 * torch.randn(n, 3, 12, 12)
    for i in range(n):
        c = int(y[i])
        x[i, c % 3, 6 * (c // 2):6 * (c // 2) + 6] += 1.0
    return x, y


torch.manual_seed(0)
net = ConvNet()
for m in net.modules():
    if isinstance(m, nn.BatchNorm2d):
        for p in m.parameters():
            p.requires_grad_(False)
opt = torch.optim.SGD([p for p in net.parameters() if p.requires_grad], lr=0.1, momentum=0.9)
for epoch in range(3):
    net.train()
    for _ in range(15):
        x, y = batch()
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        x, y = batch(64)
        print(epoch, loss.item(), (net(x).argmax(1) == y).float().mean().item())
