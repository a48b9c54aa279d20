import torch
from torch import nn

CFG = dict(
    lr=0.05,
    warmup_steps=20_000,  # HERE
    epochs=4,
    batch_size=32,
    hidden=32,
)


def get_optimizer(model, cfg):
    opt = torch.optim.SGD(model.parameters(), lr=cfg["lr"])  # HERE
    warmup = cfg["warmup_steps"]
    sched = torch.optim.lr_scheduler.LambdaLR(opt, lambda s: min(1.0, (s + 1) / warmup))  # HERE
    return opt, sched


class Data:
    def __init__(self, n, d=10):
        g = torch.Generator().manual_seed(9)
        self.x = torch.randn(n, d, generator=g)
        w = torch.randn(d, 1, generator=g)
        self.y = self.x @ w + 0.1 * torch.randn(n, 1, generator=g)

    def batches(self, bs):
        perm = torch.randperm(len(self.x))
        for idx in perm.split(bs):
            yield self.x[idx], self.y[idx]


class Runner:
    def __init__(self, cfg):
        self.cfg = cfg
        self.data = Data(960)
        self.model = nn.Sequential(
            nn.Linear(10, cfg["hidden"]), nn.ReLU(), nn.Linear(cfg["hidden"], 1)
        )
        self.opt, self.sched = get_optimizer(self.model, cfg)  # HERE

    def epoch(self):
        tot = 0.0
        n = 0
        for x, y in self.data.batches(self.cfg["batch_size"]):
            loss = nn.functional.mse_loss(self.model(x), y)  # HERE
            self.opt.zero_grad()
            loss.backward()  # HERE
            self.opt.step()  # HERE
            tot, n = tot + loss.item(), n + 1
        self.sched.step()  # HERE
        return tot / n

    def run(self):
        for e in range(self.cfg["epochs"]):
            print(f"epoch {e}: {self.epoch():.4f}")


if __name__ == "__main__":
    torch.manual_seed(0)
    Runner(CFG).run()
