import torch

scores = torch.randn(3, 3, requires_grad=True)
mask = torch.triu(torch.ones(3, 3), diagonal=1).bool()
weights = torch.softmax(scores.masked_fill(mask, float("-inf")), dim=1)
weights.pow(2).sum().backward()
