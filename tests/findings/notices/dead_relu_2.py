import torch
import torch.nn as nn

torch.manual_seed(0)

X = torch.randn(256, 10)
y = (X[:, 0] * X[:, 1] > 0).long()

fc1 = nn.Linear(10, 64)  # HERE
relu = nn.ReLU()  # HERE
fc2 = nn.Linear(64, 2)
nn.init.kaiming_normal_(fc1.weight)
nn.init.constant_(fc1.bias, -10.0)  # HERE

params = list(fc1.parameters()) + list(fc2.parameters())
opt = torch.optim.SGD(params, lr=0.1)
loss_fn = nn.CrossEntropyLoss()

for step in range(100):
    hidden = relu(fc1(X))  # HERE
    out = fc2(hidden)
    loss = loss_fn(out, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        acc = (out.argmax(1) == y).float().mean().item()
        print(f"step {step} loss {loss.item():.4f} acc {acc:.3f}")
