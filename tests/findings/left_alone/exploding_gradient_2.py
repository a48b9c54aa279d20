"""Summed loss on unscaled targets: gradients are big numbers, steady, and the step size suits them."""
import torch
import torch.nn as nn

torch.manual_seed(1)

X = torch.randn(1000, 5)
true_w = torch.tensor([300.0, -150.0, 80.0, 0.0, 500.0])
y = (X @ true_w + 1000.0 + 10 * torch.randn(1000)).unsqueeze(1)

model = nn.Linear(5, 1)
criterion = nn.MSELoss(reduction="sum")
optimizer = torch.optim.SGD(model.parameters(), lr=2e-5)

for it in range(120):
    pred = model(X)
    loss = criterion(pred, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if it % 20 == 0:
        g = model.weight.grad.norm().item()
        print(f"it {it:3d} sse {loss.item():.1f} grad norm {g:.1f}")

print("weights:", [round(v, 1) for v in model.weight[0].tolist()])
