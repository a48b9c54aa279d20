import torch
from torch import nn

CONFIG = {
    "lr": 3e-3,
    "decay": 1e-4,
    "groups": ("encoder", "norm"),
    "steps": 100,
}


class Classifier(nn.Module):
    def __init__(self, d, classes):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(d, 40), nn.GELU(), nn.Linear(40, 20))
        self.norm = nn.LayerNorm(20)
        self.classifier = nn.Linear(20, classes)

    def forward(self, x):
        return self.classifier(self.norm(self.encoder(x)))


def param_groups(model, cfg):
    groups = []
    for name in cfg["groups"]:
        params = [p for n, p in model.named_parameters() if n.startswith(name + ".")]  # HERE
        groups.append({"params": params, "weight_decay": 0.0 if name == "norm" else cfg["decay"]})
    return groups


def build(cfg):
    model = Classifier(12, 4)
    return model, torch.optim.AdamW(param_groups(model, cfg), lr=cfg["lr"])  # HERE


def run(cfg):
    torch.manual_seed(0)
    model, opt = build(cfg)
    w = torch.randn(12, 4)
    for step in range(cfg["steps"]):
        x = torch.randn(64, 12)
        y = (x @ w).argmax(1)
        loss = nn.functional.cross_entropy(model(x), y)
        model.zero_grad()
        loss.backward()
        opt.step()
        if step % 25 == 0:
            print(f"{step:03d} {loss.item():.3f}")


if __name__ == "__main__":
    run(CONFIG)
