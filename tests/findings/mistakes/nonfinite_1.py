import torch
p = torch.tensor([0.0, 0.5], requires_grad=True)
loss = -torch.log(p).sum()  # HERE
loss.backward()
