import torch

x = torch.ones(3, dtype=torch.float64)
n = torch.arange(3)
print((x * n).sum(), torch.tensor([1.0, 2.0], requires_grad=True).backward(torch.ones(2)))
