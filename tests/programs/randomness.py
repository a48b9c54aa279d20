import random

import numpy
import torch

torch.manual_seed(5)
random.seed(5)
numpy.random.seed(5)
x = torch.nn.functional.dropout(torch.ones(8), 0.5)
print(x.tolist(), random.random(), numpy.random.rand())
print(torch.randperm(5).tolist(), torch.get_rng_state().sum().item())
