import torch
from torch import nn

x = torch.randn(2, 5, 8)
weights = torch.softmax(x @ x.transpose(1, 2), dim=-1)
out = nn.Linear(8, 3)((weights @ x).mean(dim=1))
nn.functional.cross_entropy(out, torch.tensor([0, 2])).backward()
