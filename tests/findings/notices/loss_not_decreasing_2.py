import torch
import torch.nn as nn

torch.manual_seed(0)

X = torch.randn(400, 12)
y = (X @ torch.randn(12) + 3.0 * torch.randn(400) > 0).long()

model = nn.Linear(12, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=50.0)  # HERE
criterion = nn.CrossEntropyLoss()

losses = []
for epoch in range(25):
    for i in range(0, 400, 50):
        xb, yb = X[i:i + 50], y[i:i + 50]
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)  # HERE
        loss.backward()  # HERE
        optimizer.step()  # HERE
        losses.append(loss.item())
    print(f"epoch {epoch} mean loss {sum(losses[-8:]) / 8:.3f}")
