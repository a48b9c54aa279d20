import csv
import io
import torch
from torch import nn
from torch.utils.data import Dataset, DataLoader


def fake_csv(n):
    g = torch.Generator().manual_seed(2)
    buf = io.StringIO()
    w = csv.writer(buf)
    for _ in range(n):
        v = torch.randn(3, generator=g)
        w.writerow([*("%.4f" % a for a in v.tolist()), int(v.sum() > 0) + int(v[0] > 1)])
    buf.seek(0)
    return buf


class CsvSet(Dataset):
    def __init__(self, fh):
        rows = [[float(c) for c in r] for r in csv.reader(fh)]
        self.t = torch.tensor(rows)

    def __len__(self):
        return len(self.t)

    def __getitem__(self, i):
        return self.t[i, :3], self.t[i, 3]  # HERE


torch.manual_seed(2)
net = nn.Linear(3, 3)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
crit = nn.CrossEntropyLoss()
for epoch in range(3):
    for x, y in DataLoader(CsvSet(fake_csv(200)), batch_size=20):
        opt.zero_grad()
        loss = crit(net(x), y)  # HERE
        loss.backward()
        opt.step()
    print(epoch, loss.item())
