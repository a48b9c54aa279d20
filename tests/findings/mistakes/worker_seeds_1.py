import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)


class NoisyLine(Dataset):
    def __init__(self):
        self.rng = np.random.RandomState(0)  # HERE

    def __len__(self):
        return 128

    def __getitem__(self, i):
        x = self.rng.uniform(-1, 1, size=1).astype(np.float32)  # HERE
        return x, 2 * x + 1


loader = DataLoader(NoisyLine(), batch_size=16, num_workers=2)  # HERE
model = torch.nn.Linear(1, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)

for epoch in range(3):
    for x, y in loader:
        opt.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        opt.step()
    print(epoch, loss.item())
