# no_grad features inside the forward; filter() on the optimizer; gradual unfreezing later
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(8)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(10, 32), nn.LayerNorm(32), nn.GELU())
        self.head = nn.Sequential(nn.Linear(32, 16), nn.GELU(), nn.Linear(16, 2))
        self.freeze_body = True

    def forward(self, x):
        if self.freeze_body:
            with torch.no_grad():
                h = self.body(x)
        else:
            h = self.body(x)
        return self.head(h)


m = Classifier()
x = torch.randn(256, 10)
y = (x.pow(2).sum(1) > 9.5).long()


def fit(opt, epochs):
    for _ in range(epochs):
        for xb, yb in zip(x.split(32), y.split(32)):
            opt.zero_grad(set_to_none=True)
            loss = F.cross_entropy(m(xb), yb)
            loss.backward()
            opt.step()
    return loss.item()


for p in m.body.parameters():
    p.requires_grad_(False)
opt = torch.optim.Adam(filter(lambda p: p.requires_grad, m.parameters()), lr=3e-3)
print("head only:", fit(opt, 15))

m.freeze_body = False
for p in m.body.parameters():
    p.requires_grad_(True)
opt.add_param_group({"params": m.body.parameters(), "lr": 1e-3})
print("all:", fit(opt, 15))
