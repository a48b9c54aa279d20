"""Checkpoint loading: skeleton on meta, real tensors assigned from the state dict."""
import torch
import torch.nn as nn


class Encoder(nn.Module):
    def __init__(self, d=12):
        super().__init__()
        self.a = nn.Linear(d, 2 * d)
        self.b = nn.Linear(2 * d, d)
        self.register_buffer("scale", torch.ones(d))

    def forward(self, x):
        return x + self.scale * self.b(torch.tanh(self.a(x)))


def pretend_checkpoint():
    src = Encoder()
    with torch.no_grad():
        src.scale.mul_(0.5)
    return {k: v.clone() for k, v in src.state_dict().items()}


torch.manual_seed(0)
state = pretend_checkpoint()
with torch.device("meta"):
    model = Encoder()
print("before:", {p.device.type for p in model.parameters()})
model.load_state_dict(state, assign=True)
print("after:", {p.device.type for p in model.parameters()})

head = nn.Linear(12, 1)
opt = torch.optim.SGD([*model.parameters(), *head.parameters()], lr=0.05)
x = torch.randn(128, 12)
y = x[:, :1] - x[:, 1:2]
for i in range(60):
    loss = ((head(model(x)) - y) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if i % 20 == 0:
        print(i, loss.item())
