import torch
import torch.nn as nn

torch.manual_seed(0)

# replay buffer: steps x features
capacity = 1 << 42
n_features = 1 << 6

model = nn.Linear(n_features, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.01)

buffer = torch.empty(capacity, n_features)  # HERE

for step in range(100):
    buffer[step] = torch.randn(n_features)

for step in range(100):
    x = buffer[step]
    loss = (model(x) - x.mean()).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print("finished", loss.item())
