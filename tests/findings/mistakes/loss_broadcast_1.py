import torch
import torch.nn.functional as F
w = torch.randn(3, 1, requires_grad=True)
x, y = torch.randn(8, 3), torch.randn(8)
loss = F.mse_loss(x @ w, y)  # HERE
loss.backward()
