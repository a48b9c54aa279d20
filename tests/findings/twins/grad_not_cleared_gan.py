import torch
from torch import nn

torch.manual_seed(0)
generator, critic = nn.Linear(2, 3), nn.Linear(3, 1)
g_steps = torch.optim.Adam(generator.parameters(), lr=0.01)
c_steps = torch.optim.Adam(critic.parameters(), lr=0.01)
score = nn.BCEWithLogitsLoss()
for step in range(4):
    real, fake = torch.randn(8, 3), generator(torch.randn(8, 2))
    c_steps.zero_grad()
    loss = score(critic(real), torch.ones(8, 1)) + score(critic(fake.detach()), torch.zeros(8, 1))
    loss.backward()
    c_steps.step()
    g_steps.zero_grad()
    score(critic(fake), torch.ones(8, 1)).backward()
    g_steps.step()
