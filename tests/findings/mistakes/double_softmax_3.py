import torch
from torch import nn


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 1)

    def forward(self, x):
        return torch.sigmoid(self.layer(x))


model = Detector()
probabilities = model(torch.randn(6, 3)).squeeze(1)
loss = nn.BCEWithLogitsLoss()(probabilities, torch.ones(6))  # HERE
loss.backward()
