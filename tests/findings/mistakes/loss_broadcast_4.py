import math
import torch


class Trainer:
    def __init__(self, model, lr, steps):
        self.model = model
        self.opt = torch.optim.AdamW(model.parameters(), lr=lr)
        self.sched = torch.optim.lr_scheduler.CosineAnnealingLR(self.opt, steps)
        self.steps = steps
        self.history = []

    def objective(self, series, target):
        hidden, _ = self.model["rnn"](series)
        out = self.model["head"](hidden[:, -1]).squeeze(-1)  # HERE
        err = out - target  # HERE
        return err.abs().mean()

    def fit(self, series, target):
        self.model.train()
        for _ in range(self.steps):
            self.opt.zero_grad(set_to_none=True)
            loss = self.objective(series, target)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.opt.step()
            self.sched.step()
            self.history.append(loss.item())
        return self


def sine_windows(count, length):
    phase = torch.rand(count, 1) * 2 * math.pi
    t = torch.arange(length + 1) * 0.3
    wave = torch.sin(phase + t)
    return wave[:, :-1].unsqueeze(-1), wave[:, -1:]


torch.manual_seed(5)
windows, nxt = sine_windows(64, 12)
net = torch.nn.ModuleDict({
    "rnn": torch.nn.GRU(1, 16, batch_first=True),
    "head": torch.nn.Linear(16, 1),
})
trainer = Trainer(net, lr=1e-2, steps=60).fit(windows, nxt)
for k in range(0, 60, 15):
    print(k, round(trainer.history[k], 4))
print("last", round(trainer.history[-1], 4))
