import torch

# Your prediction: the slope of w**3 - 2*w where w is 2, worked out by hand.
guess = 10

w = torch.tensor(2.0, requires_grad=True)
y = w**3 - 2*w
print("y =", y)
y.backward()
print("slope:", w.grad)
