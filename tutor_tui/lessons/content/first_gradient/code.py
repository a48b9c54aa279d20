import torch

# A number that PyTorch watches: everything computed from it is remembered.
x = torch.tensor(2.0, requires_grad=True)
print("before backward, x.grad is", x.grad)

# Each operation adds a node to the graph behind y.
y = x**2 + 3*x + 1
print("y =", y.item())
print("made by", y.grad_fn.name())

# Walk the graph from y back to x, newest node first.
y.backward()
print("after backward, x.grad is", x.grad)

# The same by hand: the derivative of x**2 + 3*x + 1 is 2*x + 3.
with torch.no_grad():
    by_hand = 2*x + 3
print("by hand:", by_hand.item())
print("the same?", bool(by_hand == x.grad))

# The graph's memory is freed by now: a second walk along it fails.
try:
    y.backward(retain_graph=False)
except RuntimeError as error:
    outcome = type(error).__name__
    print("a second backward:", outcome)

# Asked to keep it, PyTorch does, and adds to the gradient each time.
again = x**2 + 3*x + 1
again.backward(retain_graph=True)
again.backward()
print("twice backward, x.grad is", x.grad)
