import numpy as np
import torch

a = torch.tensor([1.0, 2.0, 3.0])
b = torch.tensor([4.0, 5.0, 6.0])

# Element by element.
total = a + b
product = a * b

# One number out of two vectors.
dot = torch.dot(a, b)

# Rows times columns.
X = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
W = torch.tensor([[5.0, 6.0], [7.0, 8.0]])
Y = X @ W

# Another order of the dimensions.
flipped = X.T
stack = torch.arange(6.0).reshape(1, 2, 3)
swapped = stack.mT

# Negative numbers become zero.
signs = torch.tensor([-1.0, 0.0, 2.0])
rectified = torch.relu(signs)

# Sums: NumPy says axis, PyTorch says dim.
everything = X.sum()
down = X.sum(dim=0)
across = X.sum(dim=1)

# The same in NumPy.
same = np.array([[1.0, 2.0], [3.0, 4.0]]) @ np.array([[5.0, 6.0], [7.0, 8.0]])
print("the same as NumPy?", bool((Y.numpy() == same).all()))

# Inner sizes that differ do not multiply.
try:
    X @ torch.ones(3, 2)
except RuntimeError as error:
    complaint = str(error)
    print(complaint)
