import torch
from torch import nn

model = nn.LSTM(4, 24)
optimizer = torch.optim.Adam(model.parameters())
for x in torch.randn(3, 5, 2, 4):
    model.zero_grad()
    out, _ = model(x)
    out.pow(2).mean().backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.1)
    optimizer.step()
