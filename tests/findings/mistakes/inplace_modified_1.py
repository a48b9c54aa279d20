import torch
w = torch.ones(3, requires_grad=True)
h = torch.sigmoid(w)
h += 1  # HERE
h.sum().backward()
