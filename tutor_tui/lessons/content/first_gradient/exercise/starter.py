import torch

# Your prediction: the slope of w**3 - 2*w where w is 2, worked out by hand.
guess = 0

w = torch.tensor(2)
y = w**3 - 2*w
print("y =", y)
