import torch

# Your prediction: what w.grad will be.
guess = 12

w = torch.tensor(2.0, requires_grad=True)
y = w*w*w
y.backward()
print(y, w.grad)
