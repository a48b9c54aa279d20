import torch

X = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]])

# Your prediction: how many of the numbers in out will be 0.
guess = 12

# Three neurons: W, b, and out = relu(X @ W.T + b).
W = torch.ones(3, 2)
out = X
