import torch

v = torch.tensor(5.0, requires_grad=True)

# Choose the learning rate, and predict where v will be after two steps.
lr = 0.01
guess = 0.0

for step in range(2):
    loss = (v + 2)**2
    loss.backward()
