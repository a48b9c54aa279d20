from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F


@dataclass
class RunConfig:
    model_device: str = "cpu"
    loss_device: str = "meta"
    classes: int = 3
    batch: int = 32


class LossBuilder:
    """Weighted cross entropy against class imbalance."""

    def __init__(self, cfg):
        counts = torch.tensor([100.0, 20.0, 5.0])
        self.weight = (counts.sum() / counts).to(cfg.loss_device)

    def scale(self, logp):
        return logp * self.weight  # HERE

    def __call__(self, logits, target):
        logp = self.scale(F.log_softmax(logits, dim=1))
        return F.nll_loss(logp, target)


class Model(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(5, 20), nn.Tanh(), nn.Linear(20, cfg.classes))
        self.to(cfg.model_device)

    def forward(self, x):
        return self.net(x)


def main():
    torch.manual_seed(0)
    cfg = RunConfig()
    model = Model(cfg)
    criterion = LossBuilder(cfg)
    opt = torch.optim.Adam(model.parameters(), lr=0.01)
    for step in range(30):
        x = torch.randn(cfg.batch, 5, device=cfg.model_device)
        y = x[:, : cfg.classes].argmax(1)
        loss = criterion(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        if step % 10 == 0:
            print(step, loss.item())


main()
