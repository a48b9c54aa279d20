import numpy as np
import torch

data = np.array([1.0, 2.0, 3.0])

# Make fast (shares memory with data) and safe (float32, with memory of its own) here.
fast = torch.from_numpy(data)
safe = torch.tensor(data, dtype=torch.float32)

# Your prediction: fast[0] and safe[0] after the last line.
guess = (7, 1)

data[0] = 7
print(fast, safe)
