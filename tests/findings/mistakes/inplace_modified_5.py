"""Soft actor-critic updates on a toy problem; losses first, then all steps."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 2))

    def rsample(self, obs):
        mu, log_std = self.f(obs).chunk(2, -1)
        dist = torch.distributions.Normal(mu, log_std.clamp(-3, 1).exp())
        z = dist.rsample()
        return torch.tanh(z), dist.log_prob(z)


def qnet():
    return nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))


class SACTrainer:
    def __init__(self):
        self.pi, self.q1, self.q2 = Policy(), qnet(), qnet()
        self.pi_opt = torch.optim.Adam(self.pi.parameters(), lr=1e-3)
        self.q1_opt = torch.optim.Adam(self.q1.parameters(), lr=1e-3)
        self.q2_opt = torch.optim.Adam(self.q2.parameters(), lr=1e-3)

    def train(self, obs, act, rew, alpha=0.1):
        sa = torch.cat([obs, act], 1)
        q1_loss = F.mse_loss(self.q1(sa), rew)
        q2_loss = F.mse_loss(self.q2(sa), rew)
        new_act, log_pi = self.pi.rsample(obs)
        both = torch.cat([obs, new_act], 1)
        q_new = torch.min(self.q1(both), self.q2(both))
        pi_loss = (alpha * log_pi - q_new).mean()

        self.q1_opt.zero_grad()
        q1_loss.backward()
        self.q1_opt.step()  # HERE
        self.q2_opt.zero_grad()
        q2_loss.backward()
        self.q2_opt.step()  # HERE
        self.pi_opt.zero_grad()
        pi_loss.backward()  # HERE
        self.pi_opt.step()
        return q1_loss.item(), pi_loss.item()


torch.manual_seed(0)
tr = SACTrainer()
for i in range(100):
    obs = torch.randn(64, 3)
    with torch.no_grad():
        act, _ = tr.pi.rsample(obs)
    rew = -(act - torch.tanh(obs[:, :1])) ** 2
    res = tr.train(obs, act, rew)
    if i % 25 == 0:
        print(i, res)
