"""Learn a dynamics model s' = f(s, a) from a replay of a mass on a spring."""
import numpy as np
import torch
from torch import nn


class Spring:
    """keeps one state array and updates it"""

    def __init__(self, rng):
        self.rng = rng
        self.state = np.zeros(2, dtype=np.float32)

    def reset(self):
        self.state[:] = self.rng.uniform(-1, 1, 2)
        return self.state

    def step(self, a):
        x, v = self.state
        self.state[0] = x + 0.2 * v  # HERE
        self.state[1] = v + 0.2 * (a - x - 0.1 * v)  # HERE
        return self.state


def collect(env, episodes, rng):
    S, A, S2 = [], [], []
    for _ in range(episodes):
        s = env.reset()
        for _ in range(20):
            a = float(rng.uniform(-1, 1))
            S.append(torch.from_numpy(s))  # HERE
            A.append(torch.tensor([a]))
            s = env.step(a)
            S2.append(torch.from_numpy(s.copy()))
    return torch.stack(S), torch.stack(A), torch.stack(S2)


def main():
    rng = np.random.default_rng(4)
    torch.manual_seed(4)
    S, A, S2 = collect(Spring(rng), 40, rng)
    f = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 2))
    opt = torch.optim.Adam(f.parameters(), lr=5e-3)
    for epoch in range(15):
        for idx in torch.randperm(len(S)).split(80):
            opt.zero_grad()
            pred = f(torch.cat([S[idx], A[idx]], 1))
            loss = ((pred - S2[idx]) ** 2).mean()
            loss.backward()
            opt.step()
        if epoch % 5 == 0:
            print(epoch, loss.item())


if __name__ == "__main__":
    main()
