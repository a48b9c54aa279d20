"""Views of which torch will not say who made them, once their base was written to."""

import torch
from torch import nn

x = torch.tensor([1.0, 2.0], requires_grad=True)
first, second = x.unbind(0)
(first * second).backward()
with torch.no_grad():
    x -= 0.1 * x.grad
print(x * 2)

layer = nn.Linear(2, 4)
optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
keys, values = layer.weight.chunk(2)
(keys * values).sum().backward()
optimizer.step()
print(layer(torch.ones(1, 2)).shape)

w = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
total = 0
for row in w:
    total = total + row.prod()
total.backward()
with torch.no_grad():
    w.sub_(0.1 * w.grad)
print(w.sum())

with torch.no_grad():
    head = w[:1]
    w.mul_(2)
print((w * 2).sum())

table = nn.Embedding(5, 3, padding_idx=0)
table(torch.tensor([0, 2])).sum().backward()
print(table.weight.grad)
try:
    print(head.grad_fn)
except RuntimeError as error:
    print("torch says:", str(error)[:40])
