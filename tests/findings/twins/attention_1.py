"""Small causal transformer: masked_fill(-inf) and softmax inside the attention, logits to cross_entropy."""
import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class Attn(nn.Module):
    def __init__(self, d, heads, T):
        super().__init__()
        self.h = heads
        self.qkv, self.proj = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.register_buffer("mask", torch.tril(torch.ones(T, T)).bool())

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = (t.view(B, T, self.h, C // self.h).transpose(1, 2) for t in self.qkv(x).split(C, dim=2))
        att = q @ k.transpose(-2, -1) / math.sqrt(C // self.h)
        att = att.masked_fill(~self.mask[:T, :T], float("-inf"))
        att = F.softmax(att, dim=-1)
        return self.proj((att @ v).transpose(1, 2).reshape(B, T, C))


class Block(nn.Module):
    def __init__(self, d, T):
        super().__init__()
        self.l1, self.l2, self.attn = nn.LayerNorm(d), nn.LayerNorm(d), Attn(d, 2, T)
        self.mlp = nn.Sequential(nn.Linear(d, 2 * d), nn.GELU(), nn.Linear(2 * d, d))

    def forward(self, x):
        x = x + self.attn(self.l1(x))
        return x + self.mlp(self.l2(x))


class GPT(nn.Module):
    def __init__(self, V=11, d=32, T=12):
        super().__init__()
        self.tok, self.pos = nn.Embedding(V, d), nn.Parameter(torch.zeros(1, T, d))
        self.blocks = nn.ModuleList(Block(d, T) for _ in range(2))
        self.ln, self.head = nn.LayerNorm(d), nn.Linear(d, V, bias=False)
        nn.init.normal_(self.tok.weight, std=0.05)
        self.head.weight = self.tok.weight  # tied

    def forward(self, idx):
        x = self.tok(idx) + self.pos[:, :idx.size(1)]
        for b in self.blocks:
            x = b(x)
        return self.head(self.ln(x))


torch.manual_seed(0)
gpt = GPT()
opt = torch.optim.AdamW(gpt.parameters(), lr=3e-3)
for it in range(120):
    a, s = torch.randint(0, 11, (32, 1)), torch.randint(1, 4, (32, 1))
    seq = (a + s * torch.arange(12)) % 11
    logits = gpt(seq[:, :-1])
    loss = F.cross_entropy(logits.reshape(-1, 11), seq[:, 1:].reshape(-1))
    opt.zero_grad(set_to_none=True)
    loss.backward()
    opt.step()
    if it % 30 == 0:
        print(it, loss.item())
