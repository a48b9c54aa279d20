"""Losses of several sequences collected in a list, one backward per step; outputs emptied per step."""
import torch
import torch.nn as nn

torch.manual_seed(0)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.rnn, self.out = nn.Embedding(12, 16), nn.GRU(16, 24, bidirectional=True), nn.Linear(48, 2)
        self.outputs = []

    def forward(self, seq):
        h, _ = self.rnn(self.emb(seq))
        logits = self.out(h)
        self.outputs.append(logits)
        return logits


tagger = Tagger()
opt = torch.optim.Adam(tagger.parameters(), lr=1e-2)
for step in range(40):
    losses = []
    for _ in range(6):
        n = int(torch.randint(3, 9, (1,)))
        seq = torch.randint(0, 12, (n,))
        tags = (seq % 3 == 0).long()
        losses.append(nn.functional.cross_entropy(tagger(seq), tags))
    total = torch.stack(losses).mean()
    penalty = 1e-3 * sum(o.pow(2).mean() for o in tagger.outputs)
    opt.zero_grad()
    (total + penalty).backward()
    opt.step()
    tagger.outputs.clear()
    if step % 10 == 0:
        print(step, total.item())
