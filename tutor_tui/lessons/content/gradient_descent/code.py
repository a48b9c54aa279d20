import torch

# A valley whose lowest point is at 3.
w = torch.tensor(0.0, requires_grad=True)
lr = 0.1
path = [w.item()]

for step in range(20):
    loss = (w - 3)**2
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    w.grad.zero_()
    path.append(w.item())

# Each step multiplies the error by the same number.
factor = 1 - 2*lr
errors = [abs(point - 3) for point in path]
print("w after 20 steps:", w.item())
