"""Document ranking with a shared text encoder and a bilinear scorer."""
import torch
import torch.nn as nn


class TextEncoder(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.table = nn.EmbeddingBag(vocab, dim, mode="mean")
        self.mix = nn.Linear(dim, dim)

    def embed(self, tokens):
        return torch.tanh(self.mix(self.table(tokens)))

    @torch.no_grad()  # HERE
    def encode(self, tokens):
        e = self.embed(tokens)
        return e / e.norm(dim=1, keepdim=True).clamp_min(1e-6)


class Ranker(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.encoder = TextEncoder(vocab, dim)
        self.scorer = nn.Bilinear(dim, dim, 1)

    def forward(self, query, doc):
        return self.scorer(self.encoder.encode(query), self.encoder.encode(doc))  # HERE


class PairSampler:
    def __init__(self, vocab, topics):
        self.per = vocab // topics
        self.topics = topics

    def texts(self, topic):
        return topic.unsqueeze(1) * self.per + torch.randint(0, self.per, (len(topic), 6))

    def draw(self, n):
        topic = torch.randint(0, self.topics, (n,))
        other = (topic + torch.randint(1, self.topics, (n,))) % self.topics
        return self.texts(topic), self.texts(topic), self.texts(other)


def train(model, sampler, steps):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    margin = nn.MarginRankingLoss(margin=0.5)
    model.train()
    for step in range(1, steps + 1):
        q, pos, neg = sampler.draw(32)
        optimizer.zero_grad()
        loss = margin(model(q, pos), model(q, neg), torch.ones(32, 1))
        loss.backward()
        optimizer.step()
        if step % 25 == 0:
            print(f"step {step} loss {loss.item():.4f}")


if __name__ == "__main__":
    torch.manual_seed(14)
    train(Ranker(60, 12), PairSampler(60, 5), 100)
