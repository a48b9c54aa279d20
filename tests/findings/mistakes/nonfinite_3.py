import torch

w = torch.tensor(5.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=10.0)
for step in range(60):
    loss = w ** 4  # HERE
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
