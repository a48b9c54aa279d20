import torch
import torch.nn as nn


class TinyEncoder(nn.Module):
    def __init__(self, vocab=40, dim=24, n_cls=3):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim)
        layer = nn.TransformerEncoderLayer(dim, nhead=4, dim_feedforward=48, dropout=0.2, batch_first=True)
        self.enc = nn.TransformerEncoder(layer, 1)
        self.cls = nn.Linear(dim, n_cls)

    def forward(self, tokens):
        return self.cls(self.enc(self.emb(tokens)).mean(1))


class Trainer:
    def __init__(self, model, data, lr):
        self.model, self.data = model, data
        self.opt = torch.optim.AdamW(model.parameters(), lr=lr)
        self.sched = torch.optim.lr_scheduler.StepLR(self.opt, step_size=4, gamma=0.5)
        self.criterion = nn.CrossEntropyLoss()

    def _batches(self, split, size):
        tok, lab = self.data[split]
        order = torch.randperm(len(tok)) if split == "train" else torch.arange(len(tok))
        for idx in order.split(size):
            yield tok[idx], lab[idx]

    def _train(self):
        for tok, lab in self._batches("train", 32):
            self.opt.zero_grad()
            loss = self.criterion(self.model(tok), lab)
            loss.backward()
            self.opt.step()
        self.sched.step()

    def _score(self, split):
        right = 0
        with torch.inference_mode():
            for tok, lab in self._batches(split, 64):
                right += (self.model(tok).argmax(-1) == lab).sum().item()  # HERE
        return right / len(self.data[split][1])

    def run(self, epochs):
        for e in range(epochs):
            self.model.train()  # HERE
            self._train()
            print(e, "train %.3f" % self._score("train"), "valid %.3f" % self._score("valid"))  # HERE


def fake_text(n):
    lab = torch.randint(0, 3, (n,))
    tok = torch.randint(0, 40, (n, 10))
    marked = torch.rand(n, 10) < 0.3
    return torch.where(marked, lab.unsqueeze(1) + 5, tok), lab


torch.manual_seed(21)
Trainer(TinyEncoder(), {"train": fake_text(256), "valid": fake_text(96)}, lr=3e-3).run(6)
