"""Character model; perplexity is computed by a metric object."""
import math

import torch
from torch import nn

TEXT = "the quick brown fox jumps over the lazy dog and the dog sleeps in the sun " * 8
CHARS = sorted(set(TEXT))
IDS = torch.tensor([CHARS.index(c) for c in TEXT])


class CharLSTM(nn.Module):
    def __init__(self, n, dim=24):
        super().__init__()
        self.emb = nn.Embedding(n, dim)
        self.rnn = nn.LSTM(dim, dim, batch_first=True)
        self.out = nn.Linear(dim, n)

    def forward(self, x):
        h, _ = self.rnn(self.emb(x))
        return self.out(h)


class Perplexity:
    def __init__(self, ids, length):
        n = (len(ids) - 1) // length
        self.x = ids[:n * length].view(n, length)
        self.y = ids[1:n * length + 1].view(n, length)

    def compute(self, predict):
        total, count = 0.0, 0
        for xb, yb in zip(self.x.split(4), self.y.split(4)):
            logits = predict(xb)  # HERE
            nll = nn.functional.cross_entropy(logits.flatten(0, 1), yb.flatten(), reduction="sum")
            total += nll.item()
            count += yb.numel()
        return math.exp(total / count)


def report(model, metric, tag):
    was_training = model.training
    model.eval()
    ppl = metric.compute(model)  # HERE
    model.train(was_training)
    print(f"{tag}: perplexity {ppl:.2f}")


def main():
    torch.manual_seed(8)
    split = 480
    metric = Perplexity(IDS[split:], 12)
    model = CharLSTM(len(CHARS))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    model.train()
    report(model, metric, "start")
    for step in range(60):
        pos = torch.randint(0, split - 17, (8,))
        chunk = torch.stack([IDS[p:p + 17] for p in pos.tolist()])
        optimizer.zero_grad()
        logits = model(chunk[:, :-1])
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), chunk[:, 1:].flatten())
        loss.backward()
        optimizer.step()
        if step % 20 == 19:
            report(model, metric, f"step {step + 1}")


main()
