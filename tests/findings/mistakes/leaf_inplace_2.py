import torch

w = torch.zeros(2, requires_grad=True)
x = torch.tensor([1.0, 2.0])
for step in range(3):
    loss = ((w * x).sum() - 1) ** 2
    loss.backward()
    w -= 0.1 * w.grad  # HERE
    w.grad = None
