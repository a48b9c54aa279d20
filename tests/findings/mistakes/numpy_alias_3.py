"""Keep the best weights seen on the validation set and restore them at the end."""
import numpy as np
import torch
from torch import nn


class BestKeeper:
    def __init__(self):
        self.best = float("inf")
        self.weights = None

    def offer(self, value, model):
        if value < self.best:
            self.best = value
            self.weights = {k: v.detach().numpy() for k, v in model.state_dict().items()}  # HERE
            return True
        return False

    def restore(self, model):
        model.load_state_dict({k: torch.as_tensor(v) for k, v in self.weights.items()})


def toy(n, seed):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, (n, 1)).astype(np.float32)
    y = np.sin(2 * x) + 0.4 * rng.standard_normal((n, 1)).astype(np.float32)
    return torch.tensor(x), torch.tensor(y, dtype=torch.float32)


def validation_loss(model, x, y):
    model.eval()
    with torch.no_grad():
        return nn.functional.mse_loss(model(x), y).item()


def main():
    torch.manual_seed(3)
    xt, yt = toy(24, 0)
    xv, yv = toy(100, 1)
    model = nn.Sequential(nn.Linear(1, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    keeper = BestKeeper()
    for epoch in range(300):
        model.train()
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(xt), yt)
        loss.backward()
        optimizer.step()
        val = validation_loss(model, xv, yv)
        keeper.offer(val, model)
        if epoch % 60 == 0:
            print(f"epoch {epoch:3d} train {loss.item():.3f} val {val:.3f}")
    keeper.restore(model)
    print(f"best val {keeper.best:.4f}, after restoring {validation_loss(model, xv, yv):.4f}")


if __name__ == "__main__":
    main()
