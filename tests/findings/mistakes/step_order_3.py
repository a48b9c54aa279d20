"""Denoiser with a one-cycle schedule, driven by hooks."""
import torch
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR


class Hook:
    def before_batch(self):
        pass

    def after_batch(self):
        pass


class LRHook(Hook):
    def __init__(self, scheduler):
        self.scheduler = scheduler

    def before_batch(self):  # HERE
        self.scheduler.step()  # HERE


class History(Hook):
    def __init__(self, optimizer):
        self.optimizer = optimizer
        self.lrs = []

    def after_batch(self):
        self.lrs.append(self.optimizer.param_groups[0]["lr"])


class Engine:
    def __init__(self, model, optimizer, hooks):
        self.model, self.optimizer, self.hooks = model, optimizer, hooks

    def run(self, clean, epochs, size):
        self.model.train()
        for epoch in range(epochs):
            total = 0.0
            for idx in torch.randperm(len(clean)).split(size):
                for h in self.hooks:
                    h.before_batch()  # HERE
                target = clean[idx]
                noisy = target + 0.3 * torch.randn_like(target)
                self.optimizer.zero_grad()
                loss = nn.functional.mse_loss(self.model(noisy), target)
                loss.backward()
                self.optimizer.step()
                for h in self.hooks:
                    h.after_batch()
                total += loss.item() * len(idx)
            print(epoch, round(total / len(clean), 4))


def main():
    torch.manual_seed(10)
    phase = torch.rand(200, 1) * 6.28
    clean = torch.sin(phase + torch.arange(20) * 0.3)
    model = nn.Sequential(nn.Linear(20, 32), nn.SiLU(), nn.Linear(32, 20))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    scheduler = OneCycleLR(optimizer, max_lr=0.01, total_steps=6 * 10 + 1)
    history = History(optimizer)
    Engine(model, optimizer, [LRHook(scheduler), history]).run(clean, 6, 20)
    print("lr first %.5f max %.5f last %.5f" % (history.lrs[0], max(history.lrs), history.lrs[-1]))


main()
