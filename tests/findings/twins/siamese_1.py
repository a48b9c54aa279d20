"""Triplet loss with batch-hard mining; on many batches the loss is 0 at the end."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
centers = torch.randn(5, 10) * 2


def batch(per=6):
    y = torch.arange(5).repeat_interleave(per)
    return centers[y] + 0.3 * torch.randn(len(y), 10), y


def batch_hard(emb, y, margin=0.3):
    dist = torch.cdist(emb, emb)
    same = y[:, None] == y[None, :]
    hardest_pos = dist.masked_fill(~same, float("-inf")).max(1).values
    hardest_neg = dist.masked_fill(same, float("inf")).min(1).values
    return F.relu(hardest_pos - hardest_neg + margin).mean()


net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
zeros = 0
for step in range(150):
    x, y = batch()
    emb = F.normalize(net(x), dim=1)
    loss = batch_hard(emb, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    zeros += loss.item() == 0.0
    if step % 50 == 0:
        print(step, loss.item())
print("steps with zero loss:", zeros)
