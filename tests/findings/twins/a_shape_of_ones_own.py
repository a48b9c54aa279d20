import torch

x, y = torch.ones(2), torch.ones(3)
if x.shape != y.shape:
    raise ValueError("input and target must have the same number of dimensions, and shapes must match")
