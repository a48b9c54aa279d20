import torch

w = torch.randn(40, 30, requires_grad=True)
b = torch.zeros(100, requires_grad=True)
for x in torch.randn(4, 8, 40):
    loss = (x @ w).pow(2).mean() + (b - 1).pow(2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
    w.grad.data.zero_()
    b.grad = torch.zeros_like(b)
