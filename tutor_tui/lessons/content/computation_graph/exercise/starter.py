import torch

w = torch.tensor(4.0)
y = w
