import torch
w = torch.ones(3, requires_grad=True)
values = (w * 2).numpy()  # HERE
