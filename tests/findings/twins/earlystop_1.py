"""Early stopping with deepcopy of the state dict, best weights restored at the end."""
import copy
import torch
import torch.nn as nn


class EarlyStopping:
    def __init__(self, patience=8):
        self.patience, self.best, self.bad, self.state = patience, float("inf"), 0, None

    def __call__(self, value, model):
        if value < self.best:
            self.best, self.bad = value, 0
            self.state = copy.deepcopy(model.state_dict())
        else:
            self.bad += 1
        return self.bad >= self.patience


torch.manual_seed(1)
x, xv = torch.randn(40, 6), torch.randn(200, 6)
f = lambda z: torch.sin(z[:, :1] * 2) + z[:, 1:2]
y, yv = f(x) + 0.3 * torch.randn(40, 1), f(xv)
net = nn.Sequential(nn.Linear(6, 128), nn.ReLU(), nn.Linear(128, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
stop = EarlyStopping()
for epoch in range(300):
    net.train()
    opt.zero_grad()
    loss = nn.functional.mse_loss(net(x), y)
    loss.backward()
    opt.step()
    net.eval()
    with torch.no_grad():
        val = nn.functional.mse_loss(net(xv), yv).item()
    if stop(val, net):
        break
net.load_state_dict(stop.state)
with torch.no_grad():
    print("stopped at", epoch, "best", stop.best, "restored", nn.functional.mse_loss(net(xv), yv).item())
