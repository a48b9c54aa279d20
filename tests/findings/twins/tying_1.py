"""Weight tying in a small RNN language model, parameters() yields the shared weight once."""
import torch
import torch.nn as nn

torch.manual_seed(0)


class TiedLM(nn.Module):
    def __init__(self, vocab=15, dim=32):
        super().__init__()
        self.encoder = nn.Embedding(vocab, dim)
        self.rnn = nn.GRU(dim, dim, batch_first=True)
        self.decoder = nn.Linear(dim, vocab)
        self.decoder.weight = self.encoder.weight
        nn.init.uniform_(self.encoder.weight, -0.1, 0.1)

    def forward(self, x):
        h, _ = self.rnn(self.encoder(x))
        return self.decoder(h)


lm = TiedLM()
print(sum(p.numel() for p in lm.parameters()), "parameters,", len(lm.state_dict()), "entries in the state dict")
opt = torch.optim.Adam(lm.parameters(), lr=1e-2)
crit = nn.CrossEntropyLoss()
for it in range(100):
    start = torch.randint(0, 15, (16, 1))
    seq = (start * 2 ** torch.arange(8)) % 15
    logits = lm(seq[:, :-1])
    loss = crit(logits.transpose(1, 2), seq[:, 1:])
    opt.zero_grad()
    loss.backward()
    opt.step()
    if it % 25 == 0:
        print(it, loss.item())
assert lm.decoder.weight is lm.encoder.weight
