import torch

x = torch.ones(2)
names = ["a", "b"]
print(names[5])
