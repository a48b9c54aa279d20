import torch

w = torch.ones(3, requires_grad=True)
h = w * 2
h += 1
h.sum().backward()
with torch.no_grad():
    w -= 0.1
