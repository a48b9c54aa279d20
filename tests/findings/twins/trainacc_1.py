# accuracy measured on the training batch inside the loop, from the logits already there
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)
X = torch.randn(500, 8)
Y = ((X[:, 0] > 0).long() + 2 * (X[:, 1] > 0).long())
train, valid = random_split(TensorDataset(X, Y), [400, 100])
tl, vl = DataLoader(train, 40, shuffle=True), DataLoader(valid, 100)
net = nn.Sequential(nn.Linear(8, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 4))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
crit = nn.CrossEntropyLoss(label_smoothing=0.05)


def evaluate():
    net.eval()
    right = count = 0
    with torch.no_grad():
        for x, y in vl:
            right += (net(x).argmax(dim=1) == y).sum().item()
            count += y.numel()
    net.train()
    return right / count


net.train()
for epoch in range(6):
    running_loss, running_correct = 0.0, 0
    for x, y in tl:
        opt.zero_grad()
        out = net(x)
        loss = crit(out, y)
        loss.backward()
        opt.step()
        running_loss += loss.item() * x.size(0)
        _, preds = torch.max(out, 1)
        running_correct += torch.sum(preds == y.data)
    print(f"{epoch} loss {running_loss / 400:.3f} acc {running_correct.double() / 400:.3f} val {evaluate():.3f}")
