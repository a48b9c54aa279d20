# Recurrent regression with hand-made configuration and a cosine schedule.
import torch

CONFIG = {
    "hidden": 16,
    "optimizer": {"name": "SGD", "lr": 30.0, "momentum": 0.9},  # HERE
    "steps": 80,
    "batch": 20,
}


def make_optimizer(params, spec):
    spec = dict(spec)
    cls = getattr(torch.optim, spec.pop("name"))
    return cls(params, **spec)  # HERE


class Elman(torch.nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.cell = torch.nn.RNNCell(2, hidden, nonlinearity="relu")
        self.read = torch.nn.Linear(hidden, 1)

    def forward(self, seq):
        h = seq.new_zeros(seq.shape[0], self.cell.hidden_size)
        for t in range(seq.shape[1]):
            h = self.cell(seq[:, t], h)
        return self.read(h)


def adding_problem(n, length=6):
    values = torch.rand(n, length)
    mask = torch.zeros(n, length)
    mask.scatter_(1, torch.rand(n, length).topk(2, dim=1).indices, 1.0)
    return torch.stack([values, mask], dim=2), (values * mask).sum(1, keepdim=True)


torch.manual_seed(0)
model = Elman(CONFIG["hidden"])
opt = make_optimizer(model.parameters(), CONFIG["optimizer"])
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, CONFIG["steps"])
log = []
for step in range(CONFIG["steps"]):
    seq, target = adding_problem(CONFIG["batch"])
    opt.zero_grad()
    loss = torch.nn.functional.mse_loss(model(seq), target)
    loss.backward()
    opt.step()
    sched.step()
    log.append(loss.item())
for k in range(0, CONFIG["steps"], 20):
    print(k, log[k])
print("last", log[-1])
