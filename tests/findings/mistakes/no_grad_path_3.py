import torch
from torch import nn


def forward(model, x):
    with torch.no_grad():
        return model(x)  # HERE


model = nn.Linear(4, 1)
optimizer = torch.optim.Adam(model.parameters())
x, y = torch.randn(6, 4), torch.randn(6, 1)
loss = nn.functional.mse_loss(forward(model, x), y)
optimizer.zero_grad()
loss.backward()
optimizer.step()
