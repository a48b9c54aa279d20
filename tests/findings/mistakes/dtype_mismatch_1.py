import numpy as np
import torch
from torch import nn

data = torch.from_numpy(np.random.rand(4, 3))
model = nn.Linear(3, 1)
out = model(data)  # HERE
