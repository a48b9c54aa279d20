# char-LSTM, the hidden state goes on over chunks but is detached
import torch
import torch.nn as nn

torch.manual_seed(0)
text = "the quick brown fox jumps over the lazy dog. " * 25
chars = sorted(set(text))
stoi = {c: i for i, c in enumerate(chars)}
data = torch.tensor([stoi[c] for c in text])
B, T = 4, 16
n = (len(data) - 1) // B
inp = data[:n * B].view(B, n)
tgt = data[1:n * B + 1].view(B, n)


class CharLM(nn.Module):
    def __init__(self, v, h=48):
        super().__init__()
        self.emb = nn.Embedding(v, 24)
        self.lstm = nn.LSTM(24, h, batch_first=True)
        self.dec = nn.Linear(h, v)

    def forward(self, x, state=None):
        h, state = self.lstm(self.emb(x), state)
        return self.dec(h), state


def repackage(state):
    return tuple(s.detach() for s in state)


lm = CharLM(len(chars))
opt = torch.optim.Adam(lm.parameters(), lr=5e-3)
for epoch in range(4):
    state, total, chunks = None, 0.0, 0
    for t in range(0, n - 1, T):
        logits, state = lm(inp[:, t:t + T], state)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), tgt[:, t:t + T].reshape(-1))
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(lm.parameters(), 1.0)
        opt.step()
        state = repackage(state)
        total += loss.item()
        chunks += 1
    print(f"epoch {epoch} {total / chunks:.3f}")
