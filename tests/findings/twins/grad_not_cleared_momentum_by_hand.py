import torch

w = torch.randn(3, requires_grad=True)
w.grad = torch.zeros(3)
for step in range(5):
    w.grad *= 0.9
    (w - 1).pow(2).sum().backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
