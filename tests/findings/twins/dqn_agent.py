import copy
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
X = torch.randn(64, 8); Y = (X[:, 0] > 0).long(); T = X[:, :1] * 2

class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.q = nn.Linear(8, 2)
        self.target = nn.Linear(8, 2)
        self.target.load_state_dict(self.q.state_dict())
agent = Agent()
opt = torch.optim.Adam(agent.parameters(), lr=0.01)
for step in range(12):
    with torch.no_grad():
        goal = 1 + 0.9 * agent.target(X).max(1).values
    loss = F.mse_loss(agent.q(X)[:, 0], goal)
    opt.zero_grad(); loss.backward(); opt.step()
    if step % 4 == 3: agent.target.load_state_dict(agent.q.state_dict())
print(loss.item())
