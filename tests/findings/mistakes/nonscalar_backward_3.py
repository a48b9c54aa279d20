import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class WeightedTrainer:
    """re-weights rare classes sample by sample"""

    def __init__(self, model, counts):
        self.model = model
        self.w = counts.sum() / counts
        self.ce = nn.CrossEntropyLoss(reduction="none")  # HERE
        self.opt = torch.optim.Adam(model.parameters(), lr=3e-3)

    def epoch(self, loader):
        total = 0.0
        for x, y in loader:
            self.opt.zero_grad()
            per_sample = self.ce(self.model(x), y)
            loss = per_sample * self.w[y]  # HERE
            loss.backward()  # HERE
            self.opt.step()
            total += loss.detach().mean().item()
        return total / len(loader)


torch.manual_seed(18)
y = (torch.rand(400) < 0.15).long()
x = torch.randn(400, 4) + y[:, None] * 1.3
tr = WeightedTrainer(nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2)), torch.bincount(y).float())
for ep in range(3):
    print(ep, tr.epoch(DataLoader(TensorDataset(x, y), 40, shuffle=True)))
