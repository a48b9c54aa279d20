import torch

w = torch.tensor(4.0, requires_grad=True)
y = w*w*w
y.backward()
print(y, w.grad)
