import torch
from torch import nn, optim
from torch.nn import functional as F

torch.manual_seed(101)
BATCH, EPOCHS = 25, 6

xs = torch.randn(500, 6)
w_true = torch.randn(6, 3)
ys = (xs @ w_true + 0.1 * torch.randn(500, 3)).argmax(1)
train_batches = [(xs[i:i + BATCH], ys[i:i + BATCH]) for i in range(0, 400, BATCH)]
val_x, val_y = xs[400:], ys[400:]

clf = nn.Linear(6, 3)
adam = optim.Adam(clf.parameters(), lr=3e-2)

for epoch in range(EPOCHS):
    clf.train()
    epoch_loss = 0.0
    for xb, yb in train_batches:
        loss = F.cross_entropy(clf(xb), yb)
        adam.step()  # HERE
        adam.zero_grad()
        loss.backward()  # HERE
        epoch_loss += loss.item()
    clf.eval()
    with torch.no_grad():
        acc = (clf(val_x).argmax(1) == val_y).float().mean().item()
    print(f"Epoch {epoch}: {epoch_loss / len(train_batches):.4f} acc={acc:.3f}")
