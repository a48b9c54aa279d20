"""Text-like classification with an extra hidden projection."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


class BagClassifier(nn.Module):
    def __init__(self, vocab=50, dim=24, classes=4):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim)
        self.proj1 = nn.Linear(dim, dim)  # HERE
        self.proj2 = nn.Linear(dim, dim)
        self.out = nn.Linear(dim, classes)

    def forward(self, tokens):
        x = self.emb(tokens).mean(dim=1)
        h = F.relu(self.proj1(x))  # HERE
        h = F.relu(self.proj2(x))  # HERE
        return self.out(h)


def make_corpus(n=800, length=12, vocab=50, classes=4):
    labels = torch.randint(0, classes, (n,))
    tokens = torch.randint(0, vocab, (n, length))
    topical = labels[:, None] * 10 + torch.randint(0, 10, (n, 4))
    tokens[:, :4] = topical
    return tokens, labels


def run_epoch(model, loader, opt):
    loss_sum = correct = count = 0
    for tokens, labels in loader:
        logits = model(tokens)
        loss = F.cross_entropy(logits, labels)
        opt.zero_grad()
        loss.backward()
        opt.step()
        loss_sum += loss.item() * len(labels)
        correct += (logits.argmax(1) == labels).sum().item()
        count += len(labels)
    return loss_sum / count, correct / count


def main():
    torch.manual_seed(0)
    loader = DataLoader(TensorDataset(*make_corpus()), batch_size=50, shuffle=True)
    model = BagClassifier()
    opt = torch.optim.Adam(model.parameters(), lr=3e-3)
    for epoch in range(6):
        loss, acc = run_epoch(model, loader, opt)
        print(f"epoch {epoch} loss {loss:.3f} acc {acc:.3f}")


if __name__ == "__main__":
    main()
