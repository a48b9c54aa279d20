import torch

centres = torch.randn(8, requires_grad=True)
x = torch.randn(8)
kernel = torch.exp(-((centres[:, None] - x) ** 2))
kernel.mean().backward()
quantiles = torch.randn(6, requires_grad=True)
target = torch.randn(6)
(target.unsqueeze(1) - quantiles).abs().mean().backward()
