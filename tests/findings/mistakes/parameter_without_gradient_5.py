import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(19)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 8, 5, padding=2)
        self.proj = nn.Linear(8, 6)

    def forward(self, x):
        return self.proj(F.relu(self.conv(x)).mean(-1))


def zscore(z):
    """whiten the embedding"""
    z = z.detach().numpy()  # HERE
    z = (z - z.mean(0)) / (z.std(0) + 1e-5)
    return torch.from_numpy(z.astype(np.float32))  # HERE


encoder, classifier = Encoder(), nn.Linear(6, 3)
opt = torch.optim.Adam(list(encoder.parameters()) + list(classifier.parameters()), lr=5e-3)

lab = torch.arange(450) % 3
tt = torch.arange(40.)
sig = torch.sin(tt[None] * (0.3 + 0.4 * lab[:, None])) + 0.3 * torch.randn(450, 40)
sig = sig[:, None]

for epoch in range(6):
    tot = 0
    for idx in torch.randperm(360).split(45):
        opt.zero_grad()
        emb = zscore(encoder(sig[idx]))
        loss = F.cross_entropy(classifier(emb), lab[idx])
        loss.backward()
        opt.step()
        tot += loss.item()
    with torch.no_grad():
        acc = (classifier(zscore(encoder(sig[360:]))).argmax(1) == lab[360:]).float().mean()
    print(epoch, "loss", round(tot / 8, 3), "acc", round(acc.item(), 3))
