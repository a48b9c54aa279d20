"""Regression with a progress callback that plots (prints) example predictions."""
import torch
import torch.nn as nn


class Surrogate(nn.Module):
    def __init__(self):
        super().__init__()
        self.inp = nn.Linear(3, 40)
        self.drop = nn.Dropout(0.1)
        self.norm = nn.BatchNorm1d(40)
        self.out = nn.Linear(40, 1)

    def forward(self, x):
        h = torch.relu(self.norm(self.inp(x)))
        return self.out(self.drop(h))


class ExamplePrinter:
    def __init__(self, examples, every):
        self.examples = examples
        self.every = every

    def on_step(self, step, model):
        if step % self.every:
            return
        model.eval()  # HERE
        with torch.no_grad():
            values = model(self.examples).squeeze(1).tolist()
        print(step, ["%.2f" % v for v in values])  # HERE


class Loop:
    def __init__(self, model, callbacks):
        self.model = model
        self.callbacks = callbacks
        self.optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

    def fit(self, stream, steps):
        self.model.train()  # HERE
        for step in range(1, steps + 1):
            x, y = stream()
            self.optimizer.zero_grad()
            loss = nn.functional.mse_loss(self.model(x), y)
            loss.backward()
            self.optimizer.step()
            for cb in self.callbacks:
                cb.on_step(step, self.model)


def stream():
    x = torch.rand(32, 3)
    y = torch.sin(3 * x[:, :1]) + x[:, 1:2] * x[:, 2:]
    return x, y


if __name__ == "__main__":
    torch.manual_seed(4)
    examples = torch.rand(4, 3)
    Loop(Surrogate(), [ExamplePrinter(examples, every=25)]).fit(stream, 150)
