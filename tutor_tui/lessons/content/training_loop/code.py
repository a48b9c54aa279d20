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


def count_right(p):
    """How many of the four are classified correctly."""
    return int(((p > 0.5) == (labels > 0.5)).sum())


W, b = start()
with torch.no_grad():
    right_before = count_right(predict(W, b))

# By hand: the step of lesson 6, two thousand times.
lr = 0.0001
losses = []
for step in range(2000):
    loss = binary_cross_entropy(predict(W, b), labels)
    loss.backward()
    with torch.no_grad():
        W -= lr * W.grad
        b -= lr * b.grad
    W.grad.zero_()
    b.grad.zero_()
    losses.append(loss.item())

with torch.no_grad():
    p = predict(W, b)
    final = binary_cross_entropy(p, labels)
right = count_right(p)
print("loss", final.item(), "probabilities", p)

# The same with an optimizer that knows all the parameters.
W2, b2 = start()
sgd = torch.optim.SGD([W2, b2], lr=lr)
sgd_losses = []
for step in range(200):
    sgd_loss = binary_cross_entropy(predict(W2, b2), labels)
    sgd_loss.backward()
    sgd.step()
    sgd.zero_grad()
    sgd_losses.append(sgd_loss.item())
gap = (torch.tensor(sgd_losses) - torch.tensor(losses[:200])).abs().max()

# Another optimizer, with a learning rate of its own: the four steps stay.
W3, b3 = start()
adam = torch.optim.Adam([W3, b3], lr=0.01)
for step in range(200):
    adam_loss = binary_cross_entropy(predict(W3, b3), labels)
    adam_loss.backward()
    adam.step()
    adam.zero_grad()
kept = adam.state[W3]
print("Adam after 200 steps:", adam_loss.item())


def train(optimizer_class, lr):
    """Two hundred steps from the start; the last loss."""
    W4, b4 = start()
    optimizer = optimizer_class([W4, b4], lr=lr)
    for step in range(200):
        trial_loss = binary_cross_entropy(predict(W4, b4), labels)
        trial_loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return trial_loss.item()


# Which of the two learns faster? Try several learning rates for each.
rates = [0.0001, 0.001, 0.1]
trials = torch.zeros(2, 3)
for column, rate in enumerate(rates):
    trials[0, column] = train(torch.optim.SGD, rate)
    trials[1, column] = train(torch.optim.Adam, rate)
best = trials.min(dim=1).values
print("best of SGD and Adam:", best)
