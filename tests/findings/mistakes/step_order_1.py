import torch

torch.manual_seed(0)
inputs = torch.randn(100, 2)
targets = inputs @ torch.tensor([[2.0], [-3.0]]) + 1

model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = torch.nn.MSELoss()

for epoch in range(20):
    optimizer.zero_grad()
    loss = criterion(model(inputs), targets)
    loss.backward()
    optimizer.step  # HERE
    if epoch % 5 == 0:
        print(f"epoch {epoch} loss {loss.item():.4f}")
