"""An auxiliary head trained only in the first phase, a second head switched on later; one optimizer from the start."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(9, 32), nn.ReLU())
        self.deep = nn.Sequential(nn.Linear(32, 32), nn.ReLU())
        self.main, self.aux, self.conf = nn.Linear(32, 3), nn.Linear(32, 3), nn.Linear(32, 1)

    def forward(self, x, phase):
        t = self.trunk(x)
        d = self.deep(t)
        out = {"main": self.main(d)}
        if phase == 1 and self.training:
            out["aux"] = self.aux(t)
        if phase == 2:
            out["conf"] = self.conf(d.detach()).squeeze(-1)
        return out


torch.manual_seed(0)
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=4e-3)
X = torch.randn(300, 9)
Y = X[:, :3].abs().argmax(1)
for epoch in range(16):
    phase = 1 if epoch < 8 else 2
    for i in torch.randperm(300).split(30):
        out = net(X[i], phase)
        loss = F.cross_entropy(out["main"], Y[i])
        if "aux" in out:
            loss = loss + 0.3 * F.cross_entropy(out["aux"], Y[i])
        if "conf" in out:
            right = (out["main"].argmax(1) == Y[i]).float()
            loss = loss + F.binary_cross_entropy_with_logits(out["conf"], right)
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 5 == 0:
        print(epoch, "phase", phase, loss.item(), sorted(out))
