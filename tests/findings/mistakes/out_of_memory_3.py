import torch
import torch.nn as nn
import torch.nn.functional as F

CONFIG = {
    "hash_bits": 44,
    "dim": 32,
    "fields": ["user", "item", "city"],
    "lr": 0.01,
}


class HashedEmbedding(nn.Module):
    """Feature hashing: every field gets a table with 2**bits rows."""

    def __init__(self, bits, dim):
        super().__init__()
        self.rows = 2 ** bits
        self.table = nn.Embedding(self.rows, dim)  # HERE

    def forward(self, raw):
        return self.table((raw * 2654435761) % self.rows)


class ClickModel(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.embs = nn.ModuleDict(
            {f: HashedEmbedding(cfg["hash_bits"], cfg["dim"]) for f in cfg["fields"]}
        )
        self.mlp = nn.Sequential(
            nn.Linear(cfg["dim"] * len(cfg["fields"]), 32), nn.ReLU(), nn.Linear(32, 1)
        )

    def forward(self, batch):
        z = torch.cat([emb(batch[f]) for f, emb in self.embs.items()], dim=1)
        return self.mlp(z).squeeze(1)


def fake_clicks(cfg, n=128):
    batch = {f: torch.randint(0, 1000, (n,)) for f in cfg["fields"]}
    return batch, (batch["user"] % 2).float()


def main():
    torch.manual_seed(0)
    model = ClickModel(CONFIG)
    opt = torch.optim.Adagrad(model.parameters(), lr=CONFIG["lr"])
    for step in range(50):
        batch, clicked = fake_clicks(CONFIG)
        loss = F.binary_cross_entropy_with_logits(model(batch), clicked)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print("loss", loss.item())


if __name__ == "__main__":
    main()
