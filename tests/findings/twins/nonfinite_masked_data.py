import torch

w = torch.ones(3, requires_grad=True)
y = torch.tensor([1.0, float("nan"), 3.0])
known = ~torch.isnan(y)
loss = ((w - y)[known] ** 2).mean()
loss.backward()
