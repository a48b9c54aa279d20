# Sentiment-ish toy text classifier: mean-pooled embeddings with dropout.
import torch
import torch.nn as nn
import torch.nn.functional as F

VOCAB, LEN = 50, 12
torch.manual_seed(6)


def corpus(n, seed):
    g = torch.Generator().manual_seed(seed)
    toks = torch.randint(0, VOCAB, (n, LEN), generator=g)
    lab = ((toks < 20).sum(1) > (toks >= 30).sum(1)).long()
    return toks, lab


class Bag(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(VOCAB, 16)
        self.drop = nn.Dropout(0.5)
        self.fc = nn.Linear(16, 2)

    def forward(self, t):
        return self.fc(self.drop(self.emb(t).mean(1)))


def train_epoch(m, o, toks, lab):
    m.train()
    for part in torch.randperm(len(toks)).split(40):
        o.zero_grad()
        F.cross_entropy(m(toks[part]), lab[part]).backward()
        o.step()


@torch.no_grad()
def accuracy(m, toks, lab):  # HERE
    return (m(toks).argmax(-1) == lab).float().mean().item()  # HERE


model = Bag()
opt = torch.optim.Adam(model.parameters(), lr=0.02)
tr, te = corpus(400, 1), corpus(200, 2)
for e in range(6):
    train_epoch(model, opt, *tr)
    print(e, accuracy(model, *te))
