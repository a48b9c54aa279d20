"""Attention pooling on a time-first sequence: the scores are (time, batch), softmax over time = dim 0."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class AttnClassifier(nn.Module):
    def __init__(self, vocab=12, d=24, classes=2):
        super().__init__()
        self.emb = nn.Embedding(vocab, d)
        self.gru = nn.GRU(d, d)  # (T, B, d)
        self.score = nn.Linear(d, 1)
        self.fc = nn.Linear(d, classes)

    def forward(self, tokens):
        out, _ = self.gru(self.emb(tokens))
        scores = self.score(out).squeeze(-1)
        weights = F.softmax(scores, dim=0)
        context = (weights.unsqueeze(-1) * out).sum(dim=0)
        return self.fc(context)


def make_batch(n=48, t=15):
    tokens = torch.randint(1, 12, (t, n))
    y = (tokens == 3).any(dim=0).long()
    return tokens, y


def main():
    torch.manual_seed(0)
    model = AttnClassifier()
    opt = torch.optim.Adam(model.parameters(), lr=5e-3)
    for step in range(100):
        tokens, y = make_batch()
        loss = F.cross_entropy(model(tokens), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        if step % 20 == 0:
            print(step, round(loss.item(), 3))


if __name__ == "__main__":
    main()
