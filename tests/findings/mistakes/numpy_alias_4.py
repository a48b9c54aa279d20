# Rollout collection with a preallocated observation, then a regression of returns.
import numpy as np
import torch


class Cart:
    def __init__(self, seed):
        self.rng = np.random.RandomState(seed)
        self.obs = np.zeros(3, dtype=np.float32)

    def reset(self):
        self.obs[...] = self.rng.uniform(-1, 1, 3)
        return self.obs

    def step(self):
        self.obs[0] += 0.1 * self.obs[1]
        self.obs[1] += 0.1 * self.obs[2]
        self.obs[2] = self.rng.uniform(-1, 1)
        return self.obs, float(-abs(self.obs[0]))


def collect(env, horizon):
    states, rewards = [], []
    obs = env.reset()
    for _ in range(horizon):
        states.append(torch.as_tensor(obs))  # HERE
        obs, r = env.step()
        rewards.append(r)
    returns = torch.tensor(rewards).flip(0).cumsum(0).flip(0)
    return torch.stack(states), returns.unsqueeze(1)  # HERE


class ValueTrainer:
    def __init__(self, lr=0.01):
        self.net = torch.nn.Sequential(
            torch.nn.Linear(3, 20), torch.nn.Tanh(), torch.nn.Linear(20, 1))
        self.opt = torch.optim.RMSprop(self.net.parameters(), lr=lr)

    def __call__(self, s, g):
        self.opt.zero_grad()
        loss = torch.nn.functional.mse_loss(self.net(s), g)
        loss.backward()
        self.opt.step()
        return loss.item()


torch.manual_seed(0)
env, trainer = Cart(1), ValueTrainer()
for episode in range(60):
    s, g = collect(env, 15)
    value = trainer(s, g)
    if episode % 15 == 0:
        print(episode, f"{value:.3f}", "distinct states:", len(torch.unique(s, dim=0)))
