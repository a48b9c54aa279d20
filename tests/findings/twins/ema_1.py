# Mean teacher: consistency with an EMA copy. Unlabelled data, teacher in train mode for its dropout noise.
import copy
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


@torch.no_grad()
def update_ema(student, teacher, decay):
    for ps, pt in zip(student.parameters(), teacher.parameters()):
        pt.mul_(decay).add_(ps, alpha=1 - decay)
    for bs, bt in zip(student.buffers(), teacher.buffers()):
        bt.copy_(bs)


student = nn.Sequential(nn.Linear(2, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 2))
teacher = copy.deepcopy(student)
for p in teacher.parameters():
    p.detach_()
opt = torch.optim.Adam(student.parameters(), 1e-2)


def moons(n):
    t = torch.rand(n) * 3.1416
    lab = torch.randint(0, 2, (n,))
    x = torch.stack([t.cos() + lab * 1.0, torch.where(lab == 0, t.sin(), 0.5 - t.sin())], 1)
    return x + 0.1 * torch.randn(n, 2), lab


xl, yl = moons(20)
xu, _ = moons(500)
for step in range(150):
    idx = torch.randint(0, 500, (64,))
    xb = torch.cat([xl, xu[idx]])
    out = student(xb + 0.05 * torch.randn_like(xb))
    with torch.no_grad():
        t_out = teacher(xb + 0.05 * torch.randn_like(xb))
    sup = F.cross_entropy(out[:20], yl)
    cons = F.mse_loss(out.softmax(1), t_out.softmax(1))
    w = min(1.0, step / 50)          # ramp-up starts at exactly 0
    loss = sup + w * cons
    opt.zero_grad()
    loss.backward()
    opt.step()
    update_ema(student, teacher, min(0.99, 1 - 1 / (step + 1)))

teacher.eval()
xt, yt = moons(500)
with torch.no_grad():
    print("teacher acc", (teacher(xt).argmax(1) == yt).float().mean().item())
