# linear SVM by subgradient steps and a perceptron; the hinge is 0 on most single examples
import torch

torch.manual_seed(0)
X = torch.randn(200, 2)
y = torch.sign(X[:, 0] + 0.5 * X[:, 1] + 0.1)
X = X + 0.8 * y[:, None] * torch.tensor([1.0, 0.5])
w = torch.zeros(2, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
opt = torch.optim.SGD([{"params": [w], "weight_decay": 1e-3}, {"params": [b]}], lr=0.05)
for epoch in range(4):
    zero, updates = 0, 0
    for i in torch.randperm(200).tolist():
        margin = y[i] * (X[i] @ w + b)
        loss = torch.clamp(1 - margin, min=0).sum()
        zero += int(loss.item() == 0)
        opt.zero_grad()
        loss.backward()
        opt.step()
        updates += 1
    with torch.no_grad():
        acc = (torch.sign(X @ w + b) == y).float().mean().item()
    print(epoch, f"zero-loss steps {zero}/{updates} acc {acc:.3f}")
