"""One optimizer per layer."""
import torch
import torch.nn as nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
optims = [torch.optim.Adam(m.parameters(), lr=1e-2 / (i + 1)) for i, m in enumerate(net) if any(True for _ in m.parameters())]
for step in range(120):
    x = torch.randn(64, 4)
    loss = nn.functional.mse_loss(net(x), x.norm(dim=1, keepdim=True))
    for o in optims:
        o.zero_grad()
    loss.backward()
    for o in optims:
        o.step()
    if step % 40 == 0:
        print(step, loss.item(), len(optims), "optimizers")
