import torch
from torch import nn

table = nn.Embedding(10, 4)
words = torch.tensor([1, 5, 10])
vectors = table(words)  # HERE
