import math
from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class Config:
    in_ch: int = 3
    width: int = 16
    num_classes: int = 5
    prior_prob: float = 0.01
    lr: float = 0.01
    steps: int = 60
    batch: int = 16


def init_weights(module, prior):
    """RetinaNet style: start with a low foreground probability."""
    if isinstance(module, nn.Conv2d):
        nn.init.normal_(module.weight, std=0.01)
        nn.init.constant_(module.bias, -math.log((1 - prior) / prior))  # HERE


class Tower(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        layers = []
        ch = cfg.in_ch
        for _ in range(2):
            layers.append(nn.Conv2d(ch, cfg.width, 3, padding=1))  # HERE
            layers.append(nn.ReLU(inplace=True))  # HERE
            ch = cfg.width
        self.body = nn.Sequential(*layers)
        self.head = nn.Conv2d(ch, cfg.num_classes, 1)

    def forward(self, x):
        return self.head(self.body(x))  # HERE


def build_model(cfg):
    model = Tower(cfg)
    model.apply(lambda m: init_weights(m, cfg.prior_prob))  # HERE
    return model


def fake_batch(cfg):
    img = torch.randn(cfg.batch, cfg.in_ch, 12, 12)
    bright = img.mean(1, keepdim=True) > 0.8
    target = bright.float().expand(-1, cfg.num_classes, -1, -1)
    return img, target


def main():
    cfg = Config()
    torch.manual_seed(1)
    model = build_model(cfg)
    opt = torch.optim.Adam(model.parameters(), lr=cfg.lr)
    bce = nn.BCEWithLogitsLoss()
    for it in range(cfg.steps):
        img, target = fake_batch(cfg)
        loss = bce(model(img), target)
        opt.zero_grad()
        loss.backward()
        opt.step()
        if it % 10 == 0:
            print(it, round(loss.item(), 4))


main()
