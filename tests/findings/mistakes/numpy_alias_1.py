import numpy as np
import torch

torch.manual_seed(0)
rng = np.random.default_rng(0)

buf = np.zeros((16, 3), dtype=np.float32)
batches = []
for i in range(10):
    buf[:] = rng.normal(loc=i, size=buf.shape)
    batches.append(torch.from_numpy(buf))  # HERE

model = torch.nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=1e-3)
for epoch in range(5):
    total = 0.0
    for xb in batches:
        yb = xb.sum(dim=1, keepdim=True)
        opt.zero_grad()
        loss = torch.nn.functional.mse_loss(model(xb), yb)
        loss.backward()
        opt.step()
        total += loss.item()
    print(epoch, total / len(batches))
print("means per batch:", [round(b.mean().item(), 2) for b in batches])
