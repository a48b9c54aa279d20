import numpy as np
import torch

# The same three numbers as a NumPy array and as a PyTorch tensor.
array = np.array([1.0, 2.0, 3.0])
print(array, type(array).__name__, array.dtype)

tensor = torch.tensor([1.0, 2.0, 3.0])
print(tensor, type(tensor).__name__, tensor.dtype)

# From array to tensor without a copy: both look at the same memory.
shared = torch.from_numpy(array)
array[0] = 100.0
print("through the tensor:", shared)

# And back, again without a copy.
back = shared.numpy()
shared[1] = 200.0
print("through the array:", back)

# A clone has memory of its own.
own = shared.clone()
own[2] = 300.0
print("the original:", shared)

# What every tensor knows of itself.
print(tensor.shape, tensor.dtype, tensor.device)

# Four people: height, weight, age.
people = torch.tensor([[170.0, 65.0, 25.0],
                       [160.0, 55.0, 30.0],
                       [180.0, 80.0, 22.0],
                       [155.0, 50.0, 35.0]])
print("people:", people.shape)

# Zero, one and two dimensions.
scalar = people[0, 0]
vector = people[0]
matrix = people
print(scalar.ndim, vector.ndim, matrix.ndim)

# The price of eight bytes a number instead of four.
side = 1000
single = torch.zeros(side, side)
double = torch.from_numpy(np.zeros((side, side)))

# A tensor that tracks gradients does not become an array just so.
tracked = torch.tensor([1.0, 2.0], requires_grad=True)
try:
    tracked.numpy()
except RuntimeError as error:
    complaint = str(error)
    print(complaint)
values = tracked.detach().cpu().numpy()
