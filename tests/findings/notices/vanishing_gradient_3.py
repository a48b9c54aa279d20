"""Remember the first token of a long sequence with a stack of plain tanh layers on top of each other.

Each time step has its own cell (no weight sharing), so this is a 25 layer deep network."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Cell(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.hid = nn.Linear(d, d)  # HERE
        self.inp = nn.Linear(d, d, bias=False)

    def forward(self, h, x):
        return torch.tanh(self.hid(h) + self.inp(x))  # HERE


class Unrolled(nn.Module):
    def __init__(self, vocab=6, d=24, steps=25):
        super().__init__()
        self.emb = nn.Embedding(vocab, d)
        self.cells = nn.ModuleList([Cell(d) for _ in range(steps)])  # HERE
        self.readout = nn.Linear(d, vocab)

    def forward(self, tokens):
        e = self.emb(tokens)
        h = torch.zeros(tokens.size(0), e.size(-1))
        for t, cell in enumerate(self.cells):
            h = cell(h, e[:, t])  # HERE
        return self.readout(h)


def sample(n, vocab=6, steps=25):
    tokens = torch.randint(0, vocab, (n, steps))
    return tokens, tokens[:, 0]


def train(model, steps=80):
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)
    for step in range(steps):
        tokens, target = sample(64)
        logits = model(tokens)
        loss = F.cross_entropy(logits, target)  # HERE
        opt.zero_grad()
        loss.backward()  # HERE
        opt.step()
        if step % 20 == 0:
            acc = (logits.argmax(-1) == target).float().mean()
            print(f"step {step:3d} loss {loss.item():.3f} acc {acc.item():.2f}")


if __name__ == "__main__":
    torch.manual_seed(11)
    train(Unrolled())
