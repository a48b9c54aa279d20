"""Deep Q-learning on a 6-state corridor."""
import random
from collections import deque, namedtuple
import torch
import torch.nn as nn

T = namedtuple("T", "s a r s2 done")


class Corridor:
    n = 6

    def reset(self):
        self.p = 0
        return self.obs()

    def obs(self):
        v = torch.zeros(self.n)
        v[self.p] = 1.0
        return v

    def step(self, a):
        self.p = max(0, self.p - 1) if a == 0 else self.p + 1
        done = self.p == self.n - 1
        return self.obs(), (1.0 if done else -0.02), done


class Agent:
    def __init__(self):
        self.q = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 2))
        self.tgt = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 2))
        self.tgt.load_state_dict(self.q.state_dict())
        self.opt = torch.optim.Adam(self.q.parameters(), lr=3e-3)
        self.mem = deque(maxlen=1000)
        self.gamma = 0.95

    def act(self, s, eps):
        if random.random() < eps:
            return random.randrange(2)
        with torch.no_grad():
            return self.q(s).argmax().item()

    def learn(self, bs=32):
        batch = T(*zip(*random.sample(self.mem, bs)))
        s, s2 = torch.stack(batch.s), torch.stack(batch.s2)
        a = torch.tensor(batch.a).unsqueeze(1)
        r = torch.tensor(batch.r)
        d = torch.tensor(batch.done, dtype=torch.float32)
        q = self.q(s).gather(1, a)  # HERE
        with torch.no_grad():
            y = r + self.gamma * (1 - d) * self.tgt(s2).max(1).values  # HERE
        loss = (q - y).pow(2).mean()  # HERE
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        return loss.item()


random.seed(1)
torch.manual_seed(1)
env, ag, t = Corridor(), Agent(), 0
for ep in range(25):
    s, total, last = env.reset(), 0.0, float("nan")
    for _ in range(30):
        a = ag.act(s, max(0.1, 1 - ep / 12))
        s2, r, done = env.step(a)
        ag.mem.append(T(s, a, r, s2, float(done)))
        s, total, t = s2, total + r, t + 1
        if len(ag.mem) >= 64:
            last = ag.learn()
        if t % 50 == 0:
            ag.tgt.load_state_dict(ag.q.state_dict())
        if done:
            break
    if ep % 5 == 0:
        print(f"ep {ep:2d} return {total:.2f} loss {last:.4f}")
