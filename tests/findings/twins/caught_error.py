import torch

x = torch.ones(2, 3)
try:
    x @ x
except RuntimeError:
    print("as expected")
y = x @ x.T
