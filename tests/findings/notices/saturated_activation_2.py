import torch
import torch.nn as nn

torch.manual_seed(0)

# age in years, yearly income in dollars, debts in dollars
age = torch.randint(18, 80, (500,)).float()
income = 20000 + 60000 * torch.rand(500)
debt = 30000 * torch.rand(500)
X = torch.stack([age, income, debt], dim=1)
y = (debt / income > 0.3).float().unsqueeze(1)

model = nn.Sequential(
    nn.Linear(3, 32),  # HERE
    nn.Tanh(),  # HERE
    nn.Linear(32, 1),
)
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
loss_fn = nn.BCEWithLogitsLoss()

for epoch in range(100):
    pred = model(X)  # HERE
    loss = loss_fn(pred, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if epoch % 20 == 0:
        print(epoch, loss.item())
