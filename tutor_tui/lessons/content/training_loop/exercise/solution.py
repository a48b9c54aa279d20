import torch

x = torch.tensor([1.0, 2.0, 3.0])
y = torch.tensor([2.0, 4.0, 6.0])
w = torch.tensor(0.0, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)

# Your prediction: how many iterations it takes.
guess = 80
needed = 0

optimizer = torch.optim.SGD([w, b], lr=0.1)
loss = torch.tensor(1.0)
while loss.item() >= 0.001:
    loss = ((w*x + b - y)**2).mean()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    needed += 1
print(w, b, loss, needed)
