"""Surgery on a pretrained model: head and activation replaced, then the optimizer is made."""
import copy
import torch
import torch.nn as nn


def build(n_in, n_out):
    return nn.Sequential(nn.Linear(n_in, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, n_out))


def fit(model, opt, x, y, epochs):
    for _ in range(epochs):
        for i in torch.randperm(len(x)).split(32):
            opt.zero_grad()
            loss = nn.functional.cross_entropy(model(x[i]), y[i])
            loss.backward()
            opt.step()
    return loss.item()


torch.manual_seed(0)
X = torch.randn(256, 6)
coarse = (X[:, 0] > 0).long()
fine = coarse + 2 * (X[:, 1] > 0).long()
net = build(6, 2)
print("pretrain", fit(net, torch.optim.Adam(net.parameters(), lr=5e-3), X, coarse, 8))

tuned = copy.deepcopy(net)
tuned[4] = nn.Linear(32, 4)
tuned[3] = nn.GELU()
optimizer = torch.optim.AdamW([
    {"params": [p for l in (tuned[0], tuned[2]) for p in l.parameters()], "lr": 1e-3},
    {"params": tuned[4].parameters(), "lr": 1e-2, "weight_decay": 0.0},
])
print("finetune", fit(tuned, optimizer, X, fine, 12))
with torch.no_grad():
    print("old model still", (net(X).argmax(1) == coarse).float().mean().item())
