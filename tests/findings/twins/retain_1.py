# retain_grad on intermediate tensors: Grad-CAM and gradient-flow report
import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)
conv = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU())
fc = nn.Linear(8, 2)
opt = torch.optim.Adam([*conv.parameters(), *fc.parameters()], lr=1e-2)


def batch(n=32):
    y = torch.randint(0, 2, (n,))
    x = 0.1 * torch.randn(n, 1, 10, 10)
    for i in range(n):
        r, c = torch.randint(0, 6, (2,)).tolist()
        if y[i]:
            x[i, 0, r:r + 4, c] += 1
        else:
            x[i, 0, r, c:c + 4] += 1
    return x, y


for step in range(80):
    x, y = batch()
    fmap = conv(x)
    fmap.retain_grad()
    pooled = fmap.amax((2, 3))
    pooled.retain_grad()
    loss = F.cross_entropy(fc(pooled), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, f"{loss.item():.4f} |dfmap| {fmap.grad.norm():.5f} |dpooled| {pooled.grad.norm():.5f}")

x, y = batch(1)
fmap = conv(x)
fmap.retain_grad()
score = fc(fmap.amax((2, 3)))[0, y[0]]
score.backward()
cam = F.relu((fmap.grad.mean((2, 3), keepdim=True) * fmap).sum(1)).detach()
print("cam peak at", divmod(int(cam.argmax()), 10))
