import torch

w = torch.randn(5, 1, requires_grad=True)
x = torch.randn(7, 5)
offset = torch.randn(1)
((x @ w - offset) ** 2).mean().backward()
