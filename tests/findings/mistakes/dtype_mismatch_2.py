import torch
a = torch.ones(2, 2)
b = torch.tensor([[1, 2], [3, 4]])
c = a @ b  # HERE
