# OneCycle per batch
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
X = torch.randn(256, 5)
y = (X.abs().sum(1) > 4).float()
dl = DataLoader(TensorDataset(X, y), batch_size=32, shuffle=True)
net = nn.Sequential(nn.Linear(5, 48), nn.ReLU(), nn.Linear(48, 1), nn.Flatten(0))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
EPOCHS = 10
sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=2e-2, epochs=EPOCHS, steps_per_epoch=len(dl))
crit = nn.BCEWithLogitsLoss()
for ep in range(EPOCHS):
    hits = n = 0
    for xb, yb in dl:
        logit = net(xb)
        loss = crit(logit, yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
        sched.step()
        hits += ((logit > 0) == (yb > 0.5)).sum().item()
        n += len(yb)
    print(ep, f"{hits / n:.3f} lr {opt.param_groups[0]['lr']:.2e}")
