import torch
x = torch.ones(4, 3)
w = torch.ones(2, 5)
y = x @ w  # HERE
