"""A long record: what a step takes of the screen's memory, how soon the record is there, how soon a key answers.

    python tests/bench/scale.py [THOUSANDS] [--json FILE]

Records a program of so many thousand steps in a real terminal of 120x40, presses every key that walks, leaves the run
and comes back to it, which brings the whole record once more; then walks over a line of 20,000 bytes a second.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.figures import Figures
from tests.bench.screen import CLASSIFIER, answer, open_program, spread, steps_of
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
STEPS_A_TURN = 27
FORWARD = """
import os, time, torch
open({pid!r}, "w").write(str(os.getpid()))
x = torch.tensor([1.0, 2.0])
for i in range({turns}):
    y = x * i
    z = (y + 1).sum()
time.sleep(3600)
"""
STEPS_FORWARD = 8
KEYS = ("left", "right", "up", "down", "n", "p", "f", "b", "home", "end")
"""Keys that walk."""
SLOW = 20_000
"""Bytes a second of a slow line."""


def written(folder: str, program: str, turns: int) -> str:
    """The path of a program that turns so often."""
    path = Path(folder) / f"turns_{turns}.py"
    path.write_text(program.format(turns=turns, pid=f"{folder}/pid"))
    return str(path)


def long_record(folder: str, thousands: int) -> None:
    """A training loop of which every step is recorded."""
    most = ("--record", "--max-steps", str(2000 * thousands))
    with open_program(written(folder, TRAINING, 3), 120, 40, *most) as terminal:
        empty = terminal.memory()
    turns = thousands * 1000 // STEPS_A_TURN
    start = time.perf_counter()
    with open_program(written(folder, TRAINING, turns), 120, 40, *most) as terminal:
        print(f"recorded and on screen, s       {time.perf_counter() - start:8.1f}   ({steps_of(terminal)})")
        terminal.press("end")
        held = (terminal.memory() - empty) / (turns * STEPS_A_TURN)
        FIGURES.note("memory of a step", [held], "bytes")
        print(f"memory of a step, bytes         {held:8.0f}   bound 1200   ({steps_of(terminal)})")
        walk(terminal)


def walk(terminal: Terminal) -> None:
    """Each key that walks, from several places."""
    found = []
    for place in ("home", "end"):
        terminal.press(place)
        for key in KEYS * 3:
            found.append(answer(terminal, key, 0.1)[1])
            terminal.settle(0.05)
    FIGURES.note("a key in the long record", found, "ms")
    print(f"a key in it, ms                 {spread(found)}   bound 20")


def left_and_returned(folder: str, thousands: int) -> None:
    """A run that is left, and returned to: its whole record comes once more."""
    path = written(folder, FORWARD, thousands * 1000 // STEPS_FORWARD)
    with Terminal(
        *PROGRAM, "run", "--max-steps", str(3000 * thousands), path, columns=120, rows=40
    ) as terminal:
        terminal.wait("n/p line", 60)
        there = at_rest(terminal)
        terminal.press_now("d")
        terminal.wait_exit()
    with Terminal(*PROGRAM, "attach", columns=120, rows=40, env=home_of(terminal)) as again:
        again.wait("n/p line", 60)
        walkable = time.perf_counter() - again.started
        FIGURES.note("the long record opened again", [1000 * walkable], "ms")
        print(f"opened again, s                 {walkable:8.2f}   bound 3   ({there})")
        again.wait(re.escape(there.partition(" of ")[2].split(" ")[0]), 120)
        print(f"and all of it there, s          {time.perf_counter() - again.started:8.2f}")
    with contextlib.suppress(ProcessLookupError):  # it may have gone with its screen
        os.kill(int(Path(folder, "pid").read_text()), signal.SIGKILL)


def at_rest(terminal: Terminal) -> str:
    """What the ruler says once it has said the same for a while."""
    said, since = "", time.perf_counter()
    while time.perf_counter() - since < 2 or not said:
        terminal.pump(0.05)
        if (now := steps_of(terminal)) != said:
            said, since = now, time.perf_counter()
    return said


def home_of(terminal: Terminal) -> dict[str, str]:
    """The same person's settings and state."""
    return {"XDG_CONFIG_HOME": f"{terminal.home}/config", "XDG_STATE_HOME": f"{terminal.home}/state"}


def slow_line() -> None:
    """50 keys in 10 seconds over a slow line: how far the screen is behind at the end of them."""
    with open_program(CLASSIFIER, 120, 40) as terminal:
        terminal.rate = SLOW
        start = last = time.perf_counter()
        for number in range(50):
            terminal.press_now("right")
            while time.perf_counter() < start + 0.2 * (number + 1):
                terminal.pump(0.01)
        while time.perf_counter() - last < 0.3:
            if terminal.pump(0.01):
                last = time.perf_counter()
        behind = 1000 * max(0.0, last - start - 10)
        FIGURES.note("behind after 50 keys over a slow line", [behind], "ms")
        print(f"behind after 50 keys in 10 s over 20 kB/s, ms {behind:.0f}   bound 500")


def main() -> None:
    """Measure and print."""
    thousands = FIGURES.number(1000)
    slow_line()
    with tempfile.TemporaryDirectory() as folder:
        long_record(folder, thousands)
        left_and_returned(folder, thousands)
    FIGURES.write()


if __name__ == "__main__":
    main()
