"""Language-model style training with linear warm-up."""
import torch
from torch import nn


class Schedule:
    def __init__(self, warmup, total):
        self.warmup = warmup
        self.total = total

    def __call__(self, step):
        if step < self.warmup:
            return step // self.warmup  # HERE
        return max(0.0, (self.total - step) / (self.total - self.warmup))


class Bigram(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim)
        self.ff = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))
        self.out = nn.Linear(dim, vocab)

    def forward(self, ids):
        h = self.emb(ids)
        return self.out(h + self.ff(h))


class Corpus:
    def __init__(self, vocab, length):
        self.ids = torch.zeros(length, dtype=torch.long)
        jump = torch.randint(1, vocab, (vocab,))
        for t in range(1, length):
            prev = self.ids[t - 1]
            self.ids[t] = (prev + jump[prev] + torch.randint(0, 2, ())) % vocab

    def batch(self, n, width):
        start = torch.randint(0, len(self.ids) - width - 1, (n,))
        rows = torch.stack([self.ids[s:s + width + 1] for s in start.tolist()])
        return rows[:, :-1], rows[:, 1:]


def setup(model, lr, warmup, total):
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.01)
    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, Schedule(warmup, total))  # HERE


def main():
    torch.manual_seed(4)
    corpus = Corpus(30, 600)
    model = Bigram(30, 16)
    steps = 80
    optimizer, scheduler = setup(model, lr=3e-3, warmup=80, total=600)
    model.train()
    for step in range(steps):
        x, y = corpus.batch(8, 12)
        logits = model(x)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
        if step % 20 == 0:
            print(f"step {step} loss {loss.item():.4f}")


main()
