"""What `diagnose` costs: a small training script bare and diagnosed, in pairs, each less an empty program's time.

    python tests/bench/diagnose.py [PAIRS] [--json FILE]

prints the median of the ratios with its quartiles.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.figures import Figures

FIGURES = Figures(__file__)
TRAINING = """
import torch
from torch import nn
torch.manual_seed(0)
torch.set_num_threads(1)
x, y = torch.randn(2048, 32), torch.randint(0, 10, (2048,))
model = nn.Sequential(nn.Linear(32, 128), nn.ReLU(), nn.Dropout(0.1), nn.Linear(128, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(60):
    model.train()
    for start in range(0, 2048, 64):
        loss = criterion(model(x[start:start + 64]), y[start:start + 64])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        right = (model(x[:256]).argmax(1) == y[:256]).sum().item()
print(loss.item(), right)
"""
EMPTY = """
import torch
w = torch.zeros(1, requires_grad=True)
optimizer = torch.optim.Adam([w])
w.sum().backward()
optimizer.step()
"""


def seconds(*command: str) -> float:
    """How long a command takes."""
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - began


def main() -> None:
    """Pairs in turn: bare and diagnosed, of the script and of an empty program."""
    with tempfile.TemporaryDirectory() as folder:
        script, empty = Path(folder) / "train.py", Path(folder) / "empty.py"
        script.write_text(TRAINING)
        empty.write_text(EMPTY)
        bare, told = [sys.executable], [sys.executable, "-m", "tutor_tui", "diagnose"]
        ratios = []
        for _ in range(FIGURES.number(7)):
            took = [seconds(*how, str(file)) for how in (bare, told) for file in (script, empty)]
            ratios.append((took[2] - took[3]) / (took[0] - took[1]))
        low, middle, high = statistics.quantiles(ratios, n=4)
        print(
            f"diagnose of a small training script: {middle:.2f} ({low:.2f} to {high:.2f}) of bare, start-up left out"
        )
        FIGURES.note("diagnose", ratios)
        FIGURES.write()


if __name__ == "__main__":
    main()
