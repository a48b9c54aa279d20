import torch
import torch.nn as nn

torch.manual_seed(0)

rnn = nn.RNN(4, 32, batch_first=True)  # HERE
head = nn.Linear(32, 1)
nn.init.normal_(rnn.weight_hh_l0, std=0.5)  # HERE

params = list(rnn.parameters()) + list(head.parameters())
opt = torch.optim.Adam(params, lr=1e-4)

x = 0.1 * torch.randn(32, 60, 4)
y = x.sum(dim=(1, 2)).unsqueeze(1)

for step in range(60):
    out, _ = rnn(x)  # HERE
    loss = ((head(out[:, -1]) - y) ** 2).mean()  # HERE
    opt.zero_grad()
    loss.backward()  # HERE
    opt.step()
    if step % 10 == 0:
        print(step, loss.item())
