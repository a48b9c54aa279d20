import torch

x = torch.tensor([1.0, 2.0, 3.0])
y = torch.tensor([2.0, 4.0, 6.0])
w = torch.tensor(0.0, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)

optimizer = torch.optim.SGD([w, b], lr=0.1)
for step in range(200):
    loss = ((w*x + b - y)**2).mean()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
print(w, b, loss)
