# DQN with a replay buffer and a target network
import copy
import random
from collections import deque

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

random.seed(0)
np.random.seed(0)
torch.manual_seed(0)


def env_step(s, a):
    s2 = np.clip(s + (0.2 if a == 1 else -0.2) + np.random.normal(0, 0.02, s.shape), -1, 1).astype(np.float32)
    return s2, float(-np.abs(s2).sum()), bool(abs(s2[0]) > 0.99)


q = nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 2))
target = copy.deepcopy(q)
for p in target.parameters():
    p.requires_grad = False
opt = torch.optim.Adam(q.parameters(), lr=2e-3)
memory = deque(maxlen=500)

s = np.array([0.5], dtype=np.float32)
eps, losses = 1.0, []
for t in range(1, 601):
    if random.random() < eps:
        a = random.randrange(2)
    else:
        with torch.no_grad():
            a = q(torch.from_numpy(s)).argmax().item()
    s2, r, done = env_step(s, a)
    memory.append((s, a, r, s2, done))
    s = np.random.uniform(-0.8, 0.8, 1).astype(np.float32) if done else s2
    eps = max(0.05, eps * 0.99)
    if len(memory) < 32:
        continue
    batch = random.sample(memory, 32)
    S = torch.from_numpy(np.stack([b[0] for b in batch]))
    A = torch.tensor([b[1] for b in batch]).unsqueeze(1)
    R = torch.tensor([b[2] for b in batch])
    S2 = torch.from_numpy(np.stack([b[3] for b in batch]))
    D = torch.tensor([b[4] for b in batch], dtype=torch.float32)
    q_sa = q(S).gather(1, A).squeeze(1)
    with torch.no_grad():
        y = R + 0.95 * (1 - D) * target(S2).max(dim=1).values
    loss = F.smooth_l1_loss(q_sa, y)
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_value_(q.parameters(), 1.0)
    opt.step()
    losses.append(loss.item())
    if t % 50 == 0:
        target.load_state_dict(q.state_dict())
print("loss", np.mean(losses[:50]), "->", np.mean(losses[-50:]))
