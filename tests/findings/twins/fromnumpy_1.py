"""The array is normalised in place after from_numpy but before it is used: the tensor shares the memory, as wanted."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def load():
    rng = np.random.default_rng(1)
    X = (rng.normal(size=(250, 6)) * np.array([1, 10, 100, 0.1, 5, 2]) + 3).astype(np.float32)
    y = ((X[:, 0] - 3) + (X[:, 1] - 3) / 10 > 0).astype(np.float32)
    return X, y


X, y = load()
inputs, targets = torch.from_numpy(X), torch.from_numpy(y)
X -= X.mean(axis=0)
X /= X.std(axis=0)
assert abs(float(inputs.mean())) < 1e-4

torch.manual_seed(0)
model = nn.Linear(6, 1)
opt = torch.optim.Adam(model.parameters(), lr=2e-2)
bce = nn.BCEWithLogitsLoss()
for epoch in range(6):
    for xb, yb in DataLoader(TensorDataset(inputs, targets), batch_size=25, shuffle=True):
        loss = bce(model(xb).squeeze(1), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
# for the report only
coef = model.weight.detach().numpy().copy()
coef /= np.abs(coef).max()
print("coef", coef.round(2))
