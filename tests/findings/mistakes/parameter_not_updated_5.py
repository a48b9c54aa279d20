"""DDPG on a one-step continuous bandit: reward = -(a - f(s))^2."""
import copy
import torch
import torch.nn as nn
import torch.nn.functional as F


class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1), nn.Tanh())

    def forward(self, s):
        return self.net(s)


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, s, a):
        return self.net(torch.cat([s, a], 1))


class DDPG:
    def __init__(self, lr_a=1e-3, lr_c=3e-3, tau=0.02):
        self.actor, self.critic = Actor(), Critic()
        self.actor_t, self.critic_t = copy.deepcopy(self.actor), copy.deepcopy(self.critic)
        self.actor_optim = torch.optim.Adam(self.actor.parameters(), lr=lr_a)
        self.critic_optim = torch.optim.Adam(self.actor.parameters(), lr=lr_c)  # HERE
        self.tau = tau

    def update(self, s, a, r, s2):
        with torch.no_grad():
            y = r + 0.5 * self.critic_t(s2, self.actor_t(s2))
        c_loss = F.mse_loss(self.critic(s, a), y)
        self.critic_optim.zero_grad()
        c_loss.backward()
        self.critic_optim.step()  # HERE

        self.actor_optim.zero_grad()
        self.critic.zero_grad()
        a_loss = -self.critic(s, self.actor(s)).mean()
        a_loss.backward()
        self.actor_optim.step()
        self.critic.zero_grad()

        with torch.no_grad():
            for net, tgt in ((self.actor, self.actor_t), (self.critic, self.critic_t)):
                for p, q in zip(net.parameters(), tgt.parameters()):
                    q.lerp_(p, self.tau)
        return c_loss.item()


torch.manual_seed(0)
agent = DDPG()
for it in range(300):
    s = torch.rand(64, 2) * 2 - 1
    with torch.no_grad():
        a = (agent.actor(s) + 0.3 * torch.randn(64, 1)).clamp(-1, 1)
    r = -(a - 0.7 * s[:, :1] * s[:, 1:]) ** 2
    c = agent.update(s, a, r, torch.rand(64, 2) * 2 - 1)
    if it % 75 == 0:
        print(f"{it}: critic loss {c:.4f} mean reward {r.mean().item():.4f}")
