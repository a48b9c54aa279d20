import torch

w = torch.ones(3, requires_grad=True)


def step(loss):
    loss.backward()  # HERE


features = torch.exp(w)
for scale in (1.0, 2.0):
    step((features * scale).sum())
