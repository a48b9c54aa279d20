# sum-reduction accumulation: divide the grads by the number of tokens just before the step
import torch
import torch.nn as nn

torch.manual_seed(3)
VOCAB, PAD = 20, 0
emb = nn.Embedding(VOCAB, 16, padding_idx=PAD)
rnn = nn.GRU(16, 32, batch_first=True)
out = nn.Linear(32, VOCAB)
params = [*emb.parameters(), *rnn.parameters(), *out.parameters()]
opt = torch.optim.Adam(params, lr=5e-3)
ce = nn.CrossEntropyLoss(ignore_index=PAD, reduction="sum")


def batch():
    lens = torch.randint(4, 10, (8,))
    seq = torch.zeros(8, 10, dtype=torch.long)
    for b, n in enumerate(lens.tolist()):
        start = int(torch.randint(1, VOCAB, (1,)))
        seq[b, :n] = (start - 1 + torch.arange(n)) % (VOCAB - 1) + 1
    return seq


for update in range(40):
    tokens = 0
    total = 0.0
    for _ in range(3):
        s = batch()
        h, _ = rnn(emb(s[:, :-1]))
        logits = out(h)
        loss = ce(logits.reshape(-1, VOCAB), s[:, 1:].reshape(-1))
        loss.backward()
        tokens += int((s[:, 1:] != PAD).sum())
        total += loss.item()
    for p in params:
        p.grad /= tokens
    opt.step()
    for p in params:
        p.grad = None
    if update % 10 == 0:
        print(update, round(total / tokens, 4))
