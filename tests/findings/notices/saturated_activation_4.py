import torch
from torch import nn


class Standardizer:
    """fit on train, apply everywhere"""

    def fit(self, x):
        self.mean = x.mean(0)
        self.std = x.std(0)
        return self

    def transform(self, x):
        return (x - self.mean) * self.std  # HERE


class GatedBlock(nn.Module):
    def __init__(self, d_in, d_out):
        super().__init__()
        self.value = nn.Linear(d_in, d_out)
        self.gate = nn.Linear(d_in, d_out)  # HERE

    def forward(self, x):
        return self.value(x) * torch.sigmoid(self.gate(x))  # HERE


class SensorModel(nn.Module):
    def __init__(self, d_in, hidden):
        super().__init__()
        self.block = GatedBlock(d_in, hidden)
        self.norm = nn.LayerNorm(hidden)
        self.head = nn.Linear(hidden, 1)

    def forward(self, x):
        return self.head(self.norm(self.block(x))).squeeze(-1)  # HERE


def load_sensors(n=1024):
    temp = 20 + 90 * torch.randn(n)
    pressure = 1000 + 150 * torch.randn(n)
    flow = 300 + 120 * torch.randn(n)
    raw = torch.stack([temp, pressure, flow], 1)
    target = torch.sin(temp / 90) + 0.5 * (flow - 300) / 120
    return raw, target


def main():
    torch.manual_seed(0)
    raw, target = load_sensors()
    scaler = Standardizer().fit(raw)
    data = scaler.transform(raw)  # HERE
    model = SensorModel(3, 48)
    opt = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for step in range(120):
        idx = torch.randint(0, len(data), (128,))
        loss = nn.functional.smooth_l1_loss(model(data[idx]), target[idx])  # HERE
        opt.zero_grad(set_to_none=True)
        loss.backward()
        opt.step()
        if step % 20 == 0:
            print(f"{step:4d}  {loss.item():.4f}")


if __name__ == "__main__":
    main()
