import numpy as np
import torch

data = np.array([1.0, 2.0, 3.0])

# Make fast (shares memory with data) and safe (float32, memory of its own) here.

data[0] = 7
