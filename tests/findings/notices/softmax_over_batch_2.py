import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)

X = torch.randn(200, 8)
y = X[:, :4].argmax(dim=1)

model = nn.Linear(8, 4)
opt = torch.optim.Adam(model.parameters(), lr=0.01)

for step in range(80):
    idx = torch.randint(0, 200, (32,))
    logits = model(X[idx])
    logp = F.log_softmax(logits, dim=0)  # HERE
    loss = F.nll_loss(logp, y[idx])
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
