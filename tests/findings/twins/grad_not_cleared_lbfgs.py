import torch

w = torch.zeros(2, requires_grad=True)
optimizer = torch.optim.LBFGS([w], lr=0.5, max_iter=4)


def closure():
    optimizer.zero_grad()
    loss = ((w - torch.tensor([1.0, 2.0])) ** 2).sum()
    loss.backward()
    return loss


for step in range(3):
    optimizer.step(closure)
