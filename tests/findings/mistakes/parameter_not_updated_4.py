# Actor and critic trained together; a factory builds everything.
import copy
from types import SimpleNamespace

import torch


def build(n_obs, n_act, hidden, lr):
    actor = torch.nn.Sequential(
        torch.nn.Linear(n_obs, hidden), torch.nn.Tanh(), torch.nn.Linear(hidden, n_act))
    critic = torch.nn.Sequential(
        torch.nn.Linear(n_obs, hidden), torch.nn.Tanh(), torch.nn.Linear(hidden, 1))
    opt = torch.optim.Adam([  # HERE
        {"params": actor.parameters(), "lr": lr},
        {"params": critic.parameters(), "lr": 3 * lr},
    ])
    sched = torch.optim.lr_scheduler.StepLR(opt, 40, 0.5)
    return SimpleNamespace(actor=copy.deepcopy(actor), critic=critic, opt=opt, sched=sched)  # HERE


def bandit(obs, act):
    return (act == (obs[:, 0] > 0).long() + (obs[:, 1] > 0).long()).float()


def iterate(kit, batch):
    obs = torch.randn(batch, 4)
    dist = torch.distributions.Categorical(logits=kit.actor(obs))
    act = dist.sample()
    reward = bandit(obs, act)
    value = kit.critic(obs).squeeze(1)
    advantage = (reward - value).detach()
    loss = -(advantage * dist.log_prob(act)).mean() + 0.5 * (reward - value).pow(2).mean()
    kit.opt.zero_grad()
    loss.backward()
    kit.opt.step()
    kit.sched.step()
    return reward.mean().item()


torch.manual_seed(29)
kit = build(4, 3, 24, lr=5e-3)
scores = [iterate(kit, 128) for _ in range(120)]
for k in range(0, 120, 30):
    print(k, "mean reward %.3f" % (sum(scores[k:k + 30]) / 30))
