"""SWA + update_bn."""
import torch
import torch.nn as nn
from torch.optim.swa_utils import AveragedModel, SWALR, update_bn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
X = torch.randn(320, 6)
y = (X[:, 0] + X[:, 1] ** 2 - 1 > 0).long()
loader = DataLoader(TensorDataset(X, y), batch_size=32, shuffle=True, drop_last=True)
model = nn.Sequential(nn.Linear(6, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 2))
swa_model = AveragedModel(model)
opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=10)
swa_start = 8
swa_sched = SWALR(opt, swa_lr=0.05, anneal_epochs=2)

for epoch in range(14):
    for xb, yb in loader:
        opt.zero_grad()
        loss = nn.functional.cross_entropy(model(xb), yb)
        loss.backward()
        opt.step()
    if epoch >= swa_start:
        swa_model.update_parameters(model)
        swa_sched.step()
    else:
        sched.step()
update_bn(loader, swa_model)
model.eval()
swa_model.eval()
with torch.no_grad():
    for name, m in (("last", model), ("swa", swa_model)):
        print(name, (m(X).argmax(1) == y).float().mean().item())
