import numpy as np
import torch

# Four people, and two neurons that look at them: in NumPy.
people = np.array([[170.0, 65.0, 25.0], [160.0, 55.0, 30.0], [180.0, 80.0, 22.0], [155.0, 50.0, 35.0]])
weights = np.array([[0.01, -0.02, 0.03], [0.02, 0.01, -0.01]])
bias = np.zeros(2)
z = people @ weights.T + bias
a = np.maximum(z, 0)

# The same in PyTorch: the data is not tracked, the parameters are.
X = torch.tensor(people, dtype=torch.float32)
W = torch.tensor(weights, dtype=torch.float32, requires_grad=True)
b = torch.zeros(2, requires_grad=True)
Z = X @ W.T + b
A = torch.relu(Z)

# Side by side.
difference = np.abs(A.detach().numpy() - a).max()
print("largest difference:", difference)

# The chain behind A, from the newest node to the leaves.
step = A.grad_fn
add = step.next_functions[0][0]
product = add.next_functions[0][0]
turn = product.next_functions[1][0]
leaf = turn.next_functions[0][0]
print(" <- ".join(node.name() for node in (step, add, product, turn)))

# The slope of ReLU is one or zero.
inputs = torch.tensor([-2.0, 3.0], requires_grad=True)
torch.relu(inputs).sum().backward()
slopes = inputs.grad
