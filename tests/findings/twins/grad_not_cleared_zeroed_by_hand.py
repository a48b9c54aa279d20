import torch

w = torch.zeros(3, requires_grad=True)
for step in range(4):
    loss = ((w - 1) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad.zero_()
