import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class SensorWindows(Dataset):
    """Cuts a long recording into windows; optionally adds sensor noise."""

    def __init__(self, recording, width, noise, seed):
        self.recording = recording
        self.width = width
        self.noise = noise
        self.rng = np.random.default_rng(seed)

    def __len__(self):
        return len(self.recording) // (self.width + 1)

    def __getitem__(self, i):
        start = i * (self.width + 1)
        window = torch.from_numpy(self.recording[start:start + self.width])  # HERE
        target = torch.tensor([self.recording[start + self.width]])
        jitter = self.rng.normal(0, self.noise, self.width).astype(np.float32)
        window += torch.from_numpy(jitter)  # HERE
        return window, target


class Forecaster(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(width, 24), nn.Tanh(), nn.Linear(24, 1))

    def forward(self, x):
        return self.net(x)


def make_recording(n):
    t = np.arange(n)
    return (np.sin(t * 0.2) + 0.5 * np.sin(t * 0.05)).astype(np.float32)


def train(model, loader, epochs):
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    criterion = nn.MSELoss()
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for window, target in loader:
            optimizer.zero_grad()
            loss = criterion(model(window), target)
            loss.backward()
            optimizer.step()
            total += loss.item()
        print(f"epoch {epoch}: {total / len(loader):.4f}")


if __name__ == "__main__":
    torch.manual_seed(0)
    recording = make_recording(1700)
    loader = DataLoader(SensorWindows(recording, 16, noise=0.2, seed=1), batch_size=20, shuffle=True)
    train(Forecaster(16), loader, epochs=10)
    print("spread of the recording:", recording.std())
