"""Transformer-like tagger with sinusoidal positions."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class PositionalEncoding(nn.Module):
    def __init__(self, d, max_len=64, device="meta"):
        super().__init__()
        pos = torch.arange(max_len, device=device).unsqueeze(1)
        div = torch.exp(torch.arange(0, d, 2, device=device) * (-math.log(10000.0) / d))
        self.pe = torch.cat([torch.sin(pos * div), torch.cos(pos * div)], dim=1)

    def forward(self, x):
        return x + self.pe[: x.size(1)]  # HERE


class Tagger(nn.Module):
    def __init__(self, vocab=20, d=16, tags=4):
        super().__init__()
        self.emb = nn.Embedding(vocab, d)
        self.pos = PositionalEncoding(d)
        self.enc = nn.TransformerEncoderLayer(d, 2, 32, dropout=0.0, batch_first=True)
        self.out = nn.Linear(d, tags)

    def forward(self, tokens):
        h = self.pos(self.emb(tokens))
        return self.out(self.enc(h))


def make_batch(n=16, t=10):
    tokens = torch.randint(0, 20, (n, t))
    return tokens, tokens % 4


def train(model, device, steps=20):
    model.to(device)
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)
    for step in range(steps):
        tokens, tags = make_batch()
        tokens, tags = tokens.to(device), tags.to(device)
        logits = model(tokens)
        loss = F.cross_entropy(logits.flatten(0, 1), tags.flatten())
        opt.zero_grad()
        loss.backward()
        opt.step()
    print("loss", loss.item())


if __name__ == "__main__":
    torch.manual_seed(0)
    train(Tagger(), torch.device("cpu"))
