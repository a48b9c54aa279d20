import torch

# A plain calculator: it knows the answer and forgets the way.
number = 2.0
forgotten = number**2 + 3*number + 1

# A calculator with a tape: every step leaves a node behind.
x = torch.tensor(number, requires_grad=True)
square = x**2
triple = 3*x
both = square + triple
y = both + 1

# The way back: each node multiplies what comes in by its own slope.
y.backward()

# Along the two roads into x came 2x and 3; x.grad is their sum.
with torch.no_grad():
    from_square = 2*x
    from_triple = torch.tensor(3.0)
    together = from_square + from_triple
print("x =", x.item(), " y =", y.item(), " slope =", x.grad.item())
