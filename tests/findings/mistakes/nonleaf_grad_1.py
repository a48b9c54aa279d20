import torch

torch.manual_seed(0)
x = torch.randn(50, 4)
y = x @ torch.tensor([[1.0], [2.0], [-1.0], [0.5]])

w = torch.randn(4, 1, requires_grad=True) * 0.1  # HERE
lr = 0.1

for i in range(20):
    loss = (x @ w - y).pow(2).mean()
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad  # HERE
        w.grad.zero_()
    print(i, loss.item())
