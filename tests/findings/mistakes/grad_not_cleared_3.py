import torch

x = torch.tensor([1.0, 2.0, 3.0])
y = 2 * x
w = torch.zeros(1, requires_grad=True)
for step in range(4):
    loss = ((w * x - y) ** 2).mean()
    loss.backward()  # HERE
    with torch.no_grad():
        w -= 0.05 * w.grad
