"""What the screen costs: bytes on the wire, time from key to last byte, jumps and large graphs.

    python tests/bench/screen.py [STEPS] [--json FILE]

Every figure is of the real program on a pty; bounds stand beside. Times contain the pty and this reader.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.figures import Figures
from tests.terminal import PROGRAM, Terminal

FIGURES = Figures(__file__)
CLASSIFIER = str(Path(__file__).parents[2] / "assets" / "samples" / "classifier.py")
LOOP = """
import torch
x = torch.tensor(0.5)
for i in range(6700):
    x = x * 1.5
    x = x - x.round()
print("done")
"""
WIDE = """
import torch
x = torch.ones(2, requires_grad=True)
terms = [x * k for k in range(50000)]
y = torch.stack(terms).sum()
y.backward()
"""


def open_program(path: str, columns: int = 120, rows: int = 40, *options: str) -> Terminal:
    """A program opened and at rest."""
    terminal = Terminal(*PROGRAM, "run", *options, path, columns=columns, rows=rows)
    terminal.wait("recorded|exit 0", 300)
    terminal.settle(0.5)
    return terminal


def answer(terminal: Terminal, key: str, quiet: float = 0.06) -> tuple[int, float]:
    """Bytes that a key brings, and milliseconds from the key to the last of them."""
    before, start = len(terminal.raw), time.perf_counter()
    terminal.press_now(key)
    last = start
    while time.perf_counter() - last < quiet:
        if terminal.pump(0.002):
            last = time.perf_counter()
    return len(terminal.raw) - before, 1000 * (last - start)


def spread(values: list[float]) -> str:
    """Median, quartiles and the 99th percentile."""
    cuts = statistics.quantiles(values, n=100)
    return f"{cuts[49]:8.1f}  (quartiles {cuts[24]:.1f} to {cuts[74]:.1f}, p99 {cuts[98]:.1f})"


def steps(columns: int, rows: int, count: int, bound: int) -> None:
    """Walking the classifier forward, a key a step."""
    with open_program(CLASSIFIER, columns, rows) as terminal:
        found = [answer(terminal, "right") for _ in range(count)]
        print(
            f"{columns}x{rows} bytes a step            {spread([float(b) for b, _ in found])}   bound {bound}"
        )
        print(f"{columns}x{rows} key to last byte, ms    {spread([t for _, t in found])}   bound 20, p99 40")
        FIGURES.note(f"{columns}x{rows} bytes a step", [float(b) for b, _ in found], "bytes")
        FIGURES.note(f"{columns}x{rows} key to last byte", [t for _, t in found], "ms")
        before = len(terminal.raw)
        terminal.settle(5, 5)
        print(f"{columns}x{rows} bytes in 5 idle seconds {len(terminal.raw) - before:8}   bound 0")


def jumps(folder: str) -> None:
    """From the first to the last of 20,000 steps and back."""
    path = os.path.join(folder, "loop.py")
    Path(path).write_text(LOOP)
    with open_program(path) as terminal:
        found = [answer(terminal, key)[1] for _ in range(10) for key in ("end", "home")]
        FIGURES.note("jump over the whole record", found, "ms")
        print(f"jump over the whole record, ms  {spread(found)}   bound 40   ({steps_of(terminal)})")


def large(folder: str) -> None:
    """A graph of 100,000 nodes: shown, scrolled, left."""
    path = os.path.join(folder, "wide.py")
    Path(path).write_text(WIDE)
    with open_program(path, 120, 40, "--max-steps", "1000000") as terminal:
        opened = answer(terminal, "end", 1.5)[1]
        print(f"the graph drawn, ms             {opened:8.1f}   bound 1000   ({steps_of(terminal)})")
        scrolled = [answer(terminal, "pagedown")[1] for _ in range(40)]
        FIGURES.note("the graph of 100,000 nodes drawn", [opened], "ms")
        FIGURES.note("a page further in it", scrolled, "ms")
        print(f"a page further in it, ms        {spread(scrolled)}   bound 16")
        held = terminal.memory() / 1e6
        terminal.press("l")
        terminal.press("enter")
        terminal.wait("recorded|exit 0", 30)
        terminal.press("home")
        terminal.settle(1)
        print(
            f"memory of the screen, MB        {terminal.memory() / 1e6:8.1f}   bound 80   (with it {held:.0f})"
        )


def steps_of(terminal: Terminal) -> str:
    """What the ruler says."""
    return next((line.strip()[:40] for line in terminal.text.splitlines() if " step " in line), "?")


def main() -> None:
    """Measure and print."""
    count = FIGURES.number(150)
    if count:
        steps(80, 24, count, 700)
        steps(120, 40, count, 1500)
    with tempfile.TemporaryDirectory() as folder:
        jumps(folder)
        large(folder)
    FIGURES.write()


if __name__ == "__main__":
    main()
