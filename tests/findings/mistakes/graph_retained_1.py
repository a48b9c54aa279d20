import torch

torch.manual_seed(0)
x = torch.randn(256, 5)
y = x.sum(dim=1, keepdim=True)

model = torch.nn.Linear(5, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.05)

for epoch in range(5):
    total = 0
    for xb, yb in zip(x.split(32), y.split(32)):
        opt.zero_grad()
        loss = torch.nn.functional.mse_loss(model(xb), yb)
        loss.backward()
        opt.step()
        total += loss  # HERE
    print(f"epoch {epoch}: {total.item() / 8:.4f}")
