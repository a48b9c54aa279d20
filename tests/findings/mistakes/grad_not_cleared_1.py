import torch
w = torch.tensor(0.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for step in range(5):
    loss = (w - 3) ** 2
    loss.backward()  # HERE
    optimizer.step()
