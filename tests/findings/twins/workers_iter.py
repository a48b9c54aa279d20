import copy
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
X = torch.randn(64, 8); Y = (X[:, 0] > 0).long(); T = X[:, :1] * 2

class D(torch.utils.data.IterableDataset):
    def __init__(self, seed):
        self.seed, self.rng = seed, np.random.default_rng(seed)
    def __iter__(self):
        info = torch.utils.data.get_worker_info()
        if info is not None:
            self.rng = np.random.default_rng(self.seed + info.id)
        for _ in range(8):
            yield torch.tensor(self.rng.normal(size=8), dtype=torch.float32)
if __name__ == "__main__":
    for x in torch.utils.data.DataLoader(D(0), batch_size=4, num_workers=2):
        print(x.shape)
