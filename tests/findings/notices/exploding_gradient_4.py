import torch
import torch.nn as nn
import torch.nn.functional as F


class TrainerConfig:
    lr = 1e-4
    max_norm = 1.0
    recurrent_gain = 2.2  # HERE
    seq_len = 40
    hidden = 32
    steps = 80


class LeakyRNN(nn.Module):
    """h <- 0.5 h + 0.5 act(W h + U x)"""

    def __init__(self, n_in, hidden, gain):
        super().__init__()
        self.U = nn.Linear(n_in, hidden)
        self.W = nn.Linear(hidden, hidden, bias=False)  # HERE
        self.out = nn.Linear(hidden, 1)
        nn.init.orthogonal_(self.W.weight, gain=gain)  # HERE

    def forward(self, x):
        h = x.new_zeros(x.size(0), self.W.in_features)
        for t in range(x.size(1)):
            h = 0.5 * h + 0.5 * F.leaky_relu(self.W(h) + self.U(x[:, t]), 0.5)  # HERE
        return self.out(h).squeeze(-1)


class Trainer:
    def __init__(self, model, cfg):
        self.model, self.cfg = model, cfg
        self.opt = torch.optim.Adam(model.parameters(), lr=cfg.lr)

    def before_step(self):
        nn.utils.clip_grad_norm_(self.model.parameters(), self.cfg.max_norm)  # HERE

    def step(self, x, y):
        self.opt.zero_grad()
        self.before_step()  # HERE
        loss = F.l1_loss(self.model(x), y)  # HERE
        loss.backward()  # HERE
        self.opt.step()  # HERE
        return loss.item()


def batch(cfg, n=32):
    x = torch.randn(n, cfg.seq_len, 3)
    return x, x.mean(dim=(1, 2))


def main():
    torch.manual_seed(4)
    cfg = TrainerConfig()
    trainer = Trainer(LeakyRNN(3, cfg.hidden, cfg.recurrent_gain), cfg)
    for i in range(cfg.steps):
        loss = trainer.step(*batch(cfg))
        if i % 20 == 0:
            print(f"iter {i}: {loss:.4g}")


main()
