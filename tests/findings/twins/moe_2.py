# Domain-specific adapters: each batch comes from one domain and only that adapter is used
import torch
from torch import nn

torch.manual_seed(0)


class MultiDomain(nn.Module):
    def __init__(self, domains):
        super().__init__()
        self.shared = nn.Linear(5, 24)
        self.adapters = nn.ModuleDict({d: nn.Linear(24, 24) for d in domains})
        self.head = nn.Linear(24, 1)

    def forward(self, x, domain):
        h = torch.relu(self.shared(x))
        h = h + self.adapters[domain](h)
        return self.head(h)


domains = ["news", "forum", "mail", "code"]
truth = {d: torch.randn(5, 1) for d in domains}
model = MultiDomain(domains)
optimizer = torch.optim.Adagrad(model.parameters(), lr=0.05)
avg = {d: None for d in domains}
# "code" only comes in the second half
for step in range(240):
    pool = domains if step >= 120 else domains[:3]
    d = pool[step % len(pool)]
    x = torch.randn(32, 5)
    optimizer.zero_grad()
    loss = (model(x, d) - x @ truth[d]).abs().mean()
    loss.backward()
    optimizer.step()
    avg[d] = loss.item() if avg[d] is None else 0.9 * avg[d] + 0.1 * loss.item()
print(avg)
