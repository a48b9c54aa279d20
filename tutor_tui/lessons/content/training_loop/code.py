import torch
from torch.nn.functional import binary_cross_entropy

people = torch.tensor([[170.0, 65.0, 25.0], [160.0, 55.0, 30.0], [180.0, 80.0, 22.0], [155.0, 50.0, 35.0]])
labels = torch.tensor([1.0, 0.0, 1.0, 0.0])


def start():
    """The same untrained parameters each time."""
    W = torch.tensor([[0.01, -0.02, 0.03]], requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    return W, b


def predict(W, b):
    """A probability per person."""
    return torch.sigmoid((people @ W.T + b).squeeze(1))


# By hand: the step of lesson 6, two thousand times.
W, b = start()
lr = 0.0001
early = None
for step in range(2000):
    loss = binary_cross_entropy(predict(W, b), labels)
    loss.backward()
    with torch.no_grad():
        W -= lr * W.grad
        b -= lr * b.grad
    W.grad.zero_()
    b.grad.zero_()
    if step == 199:
        early = W.detach().clone()

with torch.no_grad():
    p = predict(W, b)
    final = binary_cross_entropy(p, labels)
right = (p > 0.5) == (labels > 0.5)
print("loss", final.item(), "probabilities", p)

# The same with an optimizer that knows all the parameters: two hundred steps to compare.
W2, b2 = start()
sgd = torch.optim.SGD([W2, b2], lr=lr)
for step in range(200):
    loss = binary_cross_entropy(predict(W2, b2), labels)
    loss.backward()
    sgd.step()
    sgd.zero_grad()
gap = (W2.detach() - early).abs().max()

# Another optimizer, with a learning rate of its own: the four steps stay.
W3, b3 = start()
adam = torch.optim.Adam([W3, b3], lr=0.01)
for step in range(200):
    loss = binary_cross_entropy(predict(W3, b3), labels)
    loss.backward()
    adam.step()
    adam.zero_grad()
kept = adam.state[W3]
with torch.no_grad():
    adam_loss = binary_cross_entropy(predict(W3, b3), labels)
print("Adam after 200 steps:", adam_loss.item())
