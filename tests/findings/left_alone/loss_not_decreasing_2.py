"""Train briefly, then a long evaluation: the evaluation losses naturally stay level."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(10, 32)
        self.b = nn.Linear(32, 3)

    def forward(self, x):
        return self.b(F.relu(self.a(x)))


def get_batch(proto, n=64):
    y = torch.randint(0, 3, (n,))
    return proto[y] + torch.randn(n, proto.shape[1]), y


def train(net, proto, steps=100):
    opt = torch.optim.Adam(net.parameters(), lr=5e-3)
    for step in range(steps):
        x, y = get_batch(proto)
        loss = F.cross_entropy(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(f"train loss at the end {loss.item():.3f}")


def evaluate(net, proto, batches=200):
    net.eval()
    losses, correct, count = [], 0, 0
    with torch.no_grad():
        for _ in range(batches):
            x, y = get_batch(proto)
            out = net(x)
            loss = F.cross_entropy(out, y)
            losses.append(loss.item())
            correct += (out.argmax(1) == y).sum().item()
            count += len(y)
    return sum(losses) / len(losses), correct / count


torch.manual_seed(0)
proto = torch.randn(3, 10)
net = Net()
train(net, proto)
print("eval loss %.3f acc %.3f" % evaluate(net, proto))
