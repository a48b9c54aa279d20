"""What recording costs plain Python, which prepares the data before any tensor is touched.

    python tests/bench/plain.py [ROUNDS] [--json FILE]

Each program times its own preparation. Bare and recorded runs alternate; each line gives the median of the pairs'
ratios and their spread.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.figures import Figures

FIGURES = Figures(__file__)

LOOP = """
counts = {}
for i in range(5_000_000):
    counts[i % 7] = counts.get(i % 7, 0) + 1
data = list(counts.values())
"""
APPLY = """
import re
def clean(text):
    text = text.lower()
    text = re.sub(r"[^a-z ]+", " ", text)
    return len(text.split())
rows = [f"Row {i}: some text, with {i * 7} signs!" for i in range(300_000)]
data = list(map(clean, rows))[:10]
"""
LINES = """
import json
def features(record):
    age = record["age"]
    return [float(age), float(len(record["name"]))]
def read(lines):
    for line in lines:
        record = json.loads(line)
        if record["age"] > 0:
            yield features(record)
lines = [json.dumps({"name": f"person {i}", "age": i % 90}) for i in range(200_000)]
data = list(read(lines))[:10]
"""
PREPARE = """
text = "".join(chr(97 + i * i % 26) for i in range(1_000_000))
chars = sorted(set(text))
stoi = {ch: i for i, ch in enumerate(chars)}
def encode(s):
    return [stoi[c] for c in s]
n = len(text)
ids = encode(text[: int(n * 0.9)]), encode(text[int(n * 0.9) :])
words = {}
for start in range(0, n, 5):
    word = text[start : start + 5]
    if word not in words:
        words[word] = 0
    words[word] += 1
data = ids[0][:10]
"""
PROGRAMS = {
    "5,000,000 turns of a loop": LOOP,
    "300,000 calls of a function with re": APPLY,
    "200,000 lines of JSON": LINES,
    "1,000,000 characters encoded": PREPARE,
}
TIMED = """
import time
began = time.perf_counter()
{}
print("prepared in", time.perf_counter() - began)
import torch
x = torch.tensor(data, dtype=torch.float32, requires_grad=True)
x.sum().backward()
"""


def prepared_in(command: list[str], program: Path) -> float:
    """Seconds that the program says its preparation took."""
    done = subprocess.run([*command, str(program)], capture_output=True, text=True, check=True)
    return float(done.stdout.partition("prepared in ")[2].split()[0].rstrip('\\n"},'))


def main() -> None:
    """Measure and print."""
    rounds = FIGURES.number(5)
    recorded = [sys.executable, "-P", "-m", "tutor_tui", "trace"]
    with tempfile.TemporaryDirectory() as folder:
        for name, source in PROGRAMS.items():
            program = Path(folder) / "prepare.py"
            program.write_text(TIMED.format(source))
            found = []
            for _ in range(rounds):
                bare = prepared_in([sys.executable], program)
                found.append(prepared_in(recorded, program) / bare)
            FIGURES.note(name, found)
            low, middle, high = statistics.quantiles(found, n=4)
            print(f"{name:<40} {middle:6.2f}x  (quartiles {low:.2f} to {high:.2f})   bound 1.5", flush=True)
    FIGURES.write()


if __name__ == "__main__":
    main()
