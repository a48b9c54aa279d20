import torch
from torch import nn

generator, critic = nn.Linear(2, 3), nn.Linear(3, 1)
critic_steps = torch.optim.SGD(critic.parameters(), lr=0.1)
fake = generator(torch.randn(4, 2)).exp()
doubled = fake * 2
fake.add_(1)  # HERE
critic(doubled.detach()).mean().backward()
doubled.mean().backward()
