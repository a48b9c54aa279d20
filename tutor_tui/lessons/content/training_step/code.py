import torch

people = torch.tensor([[170.0, 65.0, 25.0], [160.0, 55.0, 30.0], [180.0, 80.0, 22.0], [155.0, 50.0, 35.0]])
labels = torch.tensor([1.0, 0.0, 1.0, 0.0])
W = torch.tensor([[0.01, -0.02, 0.03]], requires_grad=True)
b = torch.zeros(1, requires_grad=True)
lr = 0.0001

# 1. Forward: a score a person, then a probability.
z = people @ W.T + b
scores = z.squeeze(1)
p = torch.sigmoid(scores)

# 2. Loss: how wrong was that, for each and on average?
each = -(labels * torch.log(p) + (1 - labels) * torch.log(1 - p))
loss = each.mean()

# 3. Backward: how does the loss depend on each parameter?
loss.backward()

# 4. Update: a small step against the gradient, unseen by the graph.
with torch.no_grad():
    W -= lr * W.grad
    b -= lr * b.grad

# Before the next step, the gradients are cleared in place.
used = W.grad.clone()
W.grad.zero_()
b.grad.zero_()

# The same people once more: has it become better?
better = torch.nn.functional.binary_cross_entropy(torch.sigmoid((people @ W.T + b).squeeze(1)), labels)
better.backward()
once = W.grad.clone()

# And what if nobody clears them?
again = torch.nn.functional.binary_cross_entropy(torch.sigmoid((people @ W.T + b).squeeze(1)), labels)
again.backward()
piled_up = W.grad
print("loss", loss.item(), "then", better.item())

# The classic silent mistake: (4, 1) against (4) gives a table, and no error.
wrong = (z - labels).shape
