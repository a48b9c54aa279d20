"""Some quantities are for the log only: accuracy, feature norm, the size of the weights."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(10, 32), nn.ReLU())
        self.head = nn.Linear(32, 3)

    def forward(self, x):
        feats = self.body(x)
        return self.head(feats), feats


def l2_of(model):
    return sum(p.pow(2).sum() for p in model.parameters())


def main():
    torch.manual_seed(0)
    x = torch.randn(512, 10)
    y = x[:, :3].argmax(1)
    net = Net()
    opt = torch.optim.Adam(net.parameters(), lr=5e-3)
    for step in range(80):
        idx = torch.randint(0, 512, (64,))
        logits, feats = net(x[idx])
        loss = F.cross_entropy(logits, y[idx])
        weight_l2 = l2_of(net)
        opt.zero_grad()
        loss.backward()
        opt.step()
        if step % 20 == 0:
            acc = (logits.argmax(1) == y[idx]).float().mean()
            print(
                f"step {step} loss {loss.item():.3f} acc {acc.item():.2f} "
                f"feat {feats.norm(dim=1).mean().item():.2f} l2 {weight_l2.item():.1f}"
            )
    with torch.no_grad():
        logits, _ = net(x)
    print("final accuracy", (logits.argmax(1) == y).float().mean().item())


main()
