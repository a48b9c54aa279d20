import torch

X = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]])

# Your prediction: how many of the numbers in out will be 0.
guess = 8

# Three neurons: W, b, and out = relu(X @ W.T + b).
W = torch.tensor([[1.0, 1.0], [0.0, 0.0], [-1.0, -1.0]], requires_grad=True)
b = torch.zeros(3, requires_grad=True)
out = torch.relu(X @ W.T + b)
out.sum().backward()
print(out, W.grad)
