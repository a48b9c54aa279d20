import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)

encoder = nn.Linear(10, 16)
classifier = nn.Linear(16, 3)
decoder = nn.Linear(16, 10)  # HERE
params = [*encoder.parameters(), *classifier.parameters(), *decoder.parameters()]
opt = torch.optim.SGD(params, lr=0.1)

X = torch.randn(256, 10)
y = X[:, :3].argmax(1)

for step in range(60):
    h = torch.tanh(encoder(X))
    cls_loss = F.cross_entropy(classifier(h), y)
    rec_loss = F.mse_loss(decoder(h), X)  # HERE
    loss = cls_loss
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 20 == 0:
        print(step, loss.item())
