import torch

parameters = [torch.randn(60, 50, requires_grad=True) for _ in range(4)]
for step in range(4):
    sum((w - 1).pow(2).mean() for w in parameters).backward()
    with torch.no_grad():
        for w in parameters:
            w -= 0.1 * w.grad
    parameters[0].grad.fill_(0)
    parameters[1].grad *= 0
    parameters[2].grad.copy_(torch.zeros(60, 50))
    parameters[3].grad[:] = 0
