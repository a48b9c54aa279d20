import torch

v = torch.tensor(5.0, requires_grad=True)
lr = 0.001

for step in range(50):
    loss = (v + 2)**2
    loss.backward()
