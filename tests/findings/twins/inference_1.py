import numpy as np
import torch
from torch import nn


class Forecaster:
    """sklearn-like wrapper; predict returns numpy and leaves the mode as it was."""

    def __init__(self, lags=6, epochs=30, seed=0):
        self.lags, self.epochs = lags, epochs
        torch.manual_seed(seed)
        self.net = nn.Sequential(nn.Linear(lags, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 1))

    def _windows(self, s):
        w = np.lib.stride_tricks.sliding_window_view(s, self.lags + 1)
        w = torch.tensor(w.copy(), dtype=torch.float32)
        return w[:, :-1], w[:, -1:]

    def fit(self, s):
        x, y = self._windows(s)
        opt = torch.optim.Adam(self.net.parameters(), lr=1e-2)
        self.net.train()
        for _ in range(self.epochs):
            opt.zero_grad()
            loss = nn.functional.mse_loss(self.net(x), y)
            loss.backward()
            opt.step()
        self.final_loss_ = loss.item()
        return self

    @torch.inference_mode()
    def predict(self, history, steps):
        was = self.net.training
        self.net.eval()
        h = list(history[-self.lags:])
        for _ in range(steps):
            x = torch.tensor(h[-self.lags:], dtype=torch.float32)
            h.append(self.net(x).item())
        self.net.train(was)
        return np.array(h[-steps:])


s = np.sin(0.4 * np.arange(200)) + 0.05 * np.random.default_rng(0).normal(size=200)
f = Forecaster().fit(s)
print(f.final_loss_, f.predict(s, 5).round(3))
