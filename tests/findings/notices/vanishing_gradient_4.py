import torch
from torch import nn

CONFIG = {
    "model": {"dim": 48, "depth": 9, "act": "tanh"},
    "init": {"std": 0.02},  # HERE
    "train": {"lr": 1e-4, "steps": 100, "batch": 64},
}

ACTS = {"relu": nn.ReLU, "tanh": nn.Tanh, "gelu": nn.GELU}


def init_gpt_style(module, std):
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, 0.0, std)  # HERE
        nn.init.zeros_(module.bias)


class Block(nn.Module):
    def __init__(self, dim, act):
        super().__init__()
        self.proj = nn.Linear(dim, dim)  # HERE
        self.act = ACTS[act]()  # HERE

    def forward(self, x):
        return self.act(self.proj(x))  # HERE


class Encoder(nn.Module):
    def __init__(self, dim, depth, act):
        super().__init__()
        self.blocks = nn.Sequential(*[Block(dim, act) for _ in range(depth)])  # HERE
        self.head = nn.Linear(dim, 1)

    def forward(self, x):
        return self.head(self.blocks(x))  # HERE


def build(cfg):
    net = Encoder(**cfg["model"])
    net.apply(lambda m: init_gpt_style(m, cfg["init"]["std"]))  # HERE
    return net


def run(cfg):
    torch.manual_seed(0)
    dim = cfg["model"]["dim"]
    w = torch.randn(dim, 1) / dim ** 0.5
    net = build(cfg)
    opt = torch.optim.Adam(net.parameters(), lr=cfg["train"]["lr"])
    for step in range(cfg["train"]["steps"]):
        x = torch.randn(cfg["train"]["batch"], dim)
        loss = ((net(x) - torch.sin(x @ w)) ** 2).mean()  # HERE
        opt.zero_grad()
        loss.backward()  # HERE
        opt.step()
        if step % 20 == 0:
            print("step", step, "mse", round(loss.item(), 4))


run(CONFIG)
