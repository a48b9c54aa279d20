"""A classifier whose sigmoid output becomes confident, because the problem is easy."""
import torch
import torch.nn as nn

torch.manual_seed(5)

n = 400
y = torch.randint(0, 2, (n, 1)).float()
x = torch.randn(n, 6) + 3 * (2 * y - 1)

model = nn.Sequential(
    nn.Linear(6, 16),
    nn.ReLU(),
    nn.Linear(16, 1),
    nn.Sigmoid(),
)
criterion = nn.BCELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)

for epoch in range(120):
    p = model(x)
    loss = criterion(p, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 20 == 0:
        acc = ((p > 0.5).float() == y).float().mean().item()
        print(f"epoch {epoch} loss {loss.item():.5f} acc {acc:.3f}")
