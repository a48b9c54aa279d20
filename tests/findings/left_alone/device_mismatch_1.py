"""Build on meta, allocate with to_empty, then initialise; and count parameters before that for free."""
import torch
import torch.nn as nn
import torch.nn.functional as F


def build():
    return nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))


def reset(module):
    if hasattr(module, "reset_parameters"):
        module.reset_parameters()


def main():
    torch.manual_seed(0)
    with torch.device("meta"):
        model = build()
        probe = model(torch.empty(4, 8))
    print("parameters", sum(p.numel() for p in model.parameters()), "output", tuple(probe.shape))

    model.to_empty(device="cpu")
    model.apply(reset)
    opt = torch.optim.Adam(model.parameters(), lr=0.01)
    x = torch.randn(256, 8)
    y = x[:, :3].argmax(1)
    for step in range(60):
        loss = F.cross_entropy(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        if step % 20 == 0:
            print(step, round(loss.item(), 3))


main()
