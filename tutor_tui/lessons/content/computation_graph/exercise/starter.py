import torch

# Your prediction: what w.grad will be.
guess = 0

w = torch.tensor(2.0)
y = w
