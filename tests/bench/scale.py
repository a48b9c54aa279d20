"""A long record: what a step takes of the screen's memory, how soon the record is there, how soon a key answers.

    python tests/bench/scale.py [THOUSANDS] [--json FILE]

Records a program of so many thousand steps in a real terminal of 120x40, presses every key that walks, leaves the run
and comes back to it, which brings the whole record once more; then walks over a line of 20,000 bytes a second.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.figures import Figures
from tests.bench.screen import CLASSIFIER, answer, open_program, spread
from tests.terminal import PROGRAM, Terminal

FIGURES = Figures(__file__)
TRAINING = """
import torch
w = torch.tensor([1.0, 2.0], requires_grad=True)
for i in range({turns}):
    loss = ((w * 0.5 - 1) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad = None
print("done")
"""
STEPS_A_TURN = 26
KEYS = ("left", "right", "up", "down", "home", "end", "n", "p", "f", "b", "[", "]", "u", "i")
"""Keys that walk, or open what lies beside the walk."""
SLOW = 20_000
"""Bytes a second of a slow line."""


def steps_of(terminal: Terminal) -> int:
    """The steps of the record, as the screen has them."""
    found = re.search(r"(?:step|/)\s*[\d,]+\s*(?:of|/)\s*([\d,]+)", terminal.text)
    return int(found[1].replace(",", "")) if found else 0


def long_record(thousands: int) -> None:
    """Everything on one long record."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "training.py"
        path.write_text(TRAINING.format(turns=thousands * 1000 // STEPS_A_TURN))
        most = ("--record", "--max-steps", str(2000 * thousands))
        small = Path(folder) / "small.py"
        small.write_text(TRAINING.format(turns=3))
        with open_program(str(small), 120, 40, *most) as terminal:
            empty = terminal.memory()
        start = time.perf_counter()
        with open_program(str(path), 120, 40, *most) as terminal:
            print(f"recorded and on screen, s       {time.perf_counter() - start:8.1f}")
            terminal.press("end")
            count = steps_of(terminal) or 1000 * thousands
            held = (terminal.memory() - empty) / count
            FIGURES.note("memory of a step", [held], "bytes")
            print(f"memory of a step, bytes         {held:8.0f}   bound 1200   ({count:,} places to stand)")
            walk(terminal)
            terminal.press("d")
            terminal.wait_exit()
            name = re.search(r"attach ([\w.-]+)", terminal.raw.decode(errors="replace"))
            again(terminal, name[1] if name else "")


def walk(terminal: Terminal) -> None:
    """Each key that walks, from several places."""
    found = []
    for place in ("home", "end"):
        terminal.press(place)
        for key in KEYS * 2:
            found.append(answer(terminal, key, 0.1)[1])
            terminal.settle(0.05)
    FIGURES.note("a key in the long record", found, "ms")
    print(f"a key in it, ms                 {spread(found)}   bound 20")


def again(left: Terminal, name: str) -> None:
    """The way back to a run that was left: its whole record comes once more."""
    with Terminal(*PROGRAM, "attach", *([name] if name else []), columns=120, rows=40) as terminal:
        terminal.wait("n/p line", 60)
        print(f"attached, s                     {time.perf_counter() - terminal.started:8.2f}")
        terminal.wait("recorded|exit 0", 120)
        opened = time.perf_counter() - terminal.started
        FIGURES.note("the long record opened", [1000 * opened], "ms")
        print(f"its whole record there, s       {opened:8.2f}   bound 3")


def slow_line() -> None:
    """50 keys in 10 seconds over a slow line: whether the screen is in step at the end of them."""
    with open_program(CLASSIFIER, 120, 40) as terminal:
        terminal.rate = SLOW
        start = time.perf_counter()
        for number in range(50):
            terminal.press_now("right")
            while time.perf_counter() < start + 0.2 * (number + 1):
                terminal.pump(0.01)
        last = time.perf_counter()
        while time.perf_counter() - last < 0.3:
            if terminal.pump(0.01):
                last = time.perf_counter()
        behind = max(0.0, last - start - 10)
        FIGURES.note("behind after 50 keys over a slow line", [1000 * behind], "ms")
        print(f"behind after 50 keys in 10 s over 20 kB/s, s {behind:.2f}   bound 0.5")


def main() -> None:
    """Measure and print."""
    slow_line()
    long_record(FIGURES.number(1000))
    FIGURES.write()


if __name__ == "__main__":
    main()
