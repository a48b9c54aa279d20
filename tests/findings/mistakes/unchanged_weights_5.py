import torch
import torch.nn as nn
from torch.optim.lr_scheduler import LambdaLR

torch.manual_seed(66)
WARMUP = 200
STEPS = 150

tokens = torch.randint(0, 20, (400, 8))
target = tokens.flip(1)

class TinyFormer(nn.Module):
    def __init__(self, v=20, d=32):
        super().__init__()
        self.tok = nn.Embedding(v, d)
        self.pos = nn.Parameter(torch.zeros(8, d))
        self.enc = nn.TransformerEncoderLayer(d, 2, 64, dropout=0.0, batch_first=True)
        self.out = nn.Linear(d, v)
    def forward(self, t):
        return self.out(self.enc(self.tok(t) + self.pos))

model = TinyFormer()
opt = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
sched = LambdaLR(opt, lambda step: min(1.0, (step + 1) // WARMUP))  # HERE

for step in range(STEPS):
    b = torch.randint(0, 400, (32,))
    loss = nn.functional.cross_entropy(model(tokens[b]).flatten(0, 1), target[b].flatten())
    opt.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    opt.step()
    sched.step()
    if step % 30 == 0:
        print(f"step {step} loss {loss.item():.4f}")
