import numpy as np
import torch

data = np.array([1.0, 2.0, 3.0])

fast = torch.from_numpy(data)
safe = torch.tensor(data, dtype=torch.float32)

data[0] = 7
print(fast, safe)
