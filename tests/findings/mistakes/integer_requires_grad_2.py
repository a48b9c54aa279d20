import torch

counts = torch.arange(5)
counts.requires_grad_()  # HERE
(counts * 2).sum().backward()
