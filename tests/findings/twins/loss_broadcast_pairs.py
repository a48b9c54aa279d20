import torch

x = torch.randn(6, 1, requires_grad=True)
distances = (x - x.squeeze(1)) ** 2
distances.mean().backward()
