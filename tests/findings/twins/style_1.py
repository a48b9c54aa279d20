"""Style transfer: the image is the only thing optimized (fixed random features, Gram matrices)."""
import torch
from torch import nn


def gram(f):
    b, c, h, w = f.shape
    f = f.view(b, c, h * w)
    return f @ f.transpose(1, 2) / (c * h * w)


torch.manual_seed(0)
features = nn.ModuleList([
    nn.Sequential(nn.Conv2d(3, 12, 3, padding=1), nn.ReLU()),
    nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(12, 24, 3, padding=1), nn.ReLU()),
]).eval().requires_grad_(False)


def extract(x):
    outs = []
    for f in features:
        x = f(x)
        outs.append(x)
    return outs


yy, xx = torch.meshgrid(torch.arange(24.0), torch.arange(24.0), indexing="ij")
content = ((yy - 12) ** 2 + (xx - 12) ** 2 < 50).float().expand(1, 3, 24, 24).contiguous()
style = (torch.sin(xx) * 0.5 + 0.5).expand(1, 3, 24, 24) * torch.tensor([1.0, 0.3, 0.6]).view(1, 3, 1, 1)
with torch.no_grad():
    c_ref = extract(content)[-1]
    s_ref = [gram(f) for f in extract(style)]
img = content.clone().requires_grad_(True)
opt = torch.optim.Adam([img], lr=0.05)
for it in range(60):
    fs = extract(img)
    loss_c = (fs[-1] - c_ref).pow(2).mean()
    loss_s = sum((gram(f) - s).pow(2).sum() for f, s in zip(fs, s_ref))
    tv = (img[..., 1:] - img[..., :-1]).abs().mean()
    loss = loss_c + 50 * loss_s + 0.01 * tv
    opt.zero_grad()
    loss.backward()
    opt.step()
    with torch.no_grad():
        img.clamp_(0, 1)
    if it % 20 == 0:
        print(it, loss_c.item(), loss_s.item())
