"""How soon something is there, as ratios to `import torch` on the same machine in the same minutes.

    python tests/bench/startup.py [ROUNDS] [--json FILE]

Prints the median and the spread of: first frame, last step of the sample gradient.py, the whole record of each lesson
(over the time that `python -c "import torch"` takes, or, of lessons that train at length, the lesson's own program;
measured in turn), and of re-runs without and with an optimizer, which have a bound in seconds.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.figures import Figures
from tests.terminal import GRADIENT, PROGRAM, Terminal
from tutor_tui.lessons.catalog import CONTENT, Catalog


def import_torch() -> float:
    """Seconds for a Python that only imports torch."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import torch"], check=True)
    return time.perf_counter() - start


CLOCK = """
import time
print("at", time.time_ns())
"""


RECORDED = r"(?m)^ step .*(recorded|exit 0)"
"""What the line below the notes says when there is nothing more to come."""


def session(program: Path) -> tuple[float, float, float]:
    """Seconds to the first frame and to the last step, and for a re-run, up to what it prints."""
    with Terminal(*PROGRAM, "run", str(program), columns=120, rows=40) as terminal:
        terminal.wait("n/p line", 20)
        first = time.perf_counter() - terminal.started
        terminal.press_now("end")
        terminal.wait("The run is over", 20)
        last = time.perf_counter() - terminal.started
        terminal.settle(1.0)
        return first, last, again(terminal)


def again(terminal: Terminal) -> float:
    """Seconds from `r` to what the new run prints."""
    before = _printed(terminal)
    start = time.perf_counter()
    terminal.press_now("r")
    while _printed(terminal) in ("", before) and time.perf_counter() - start < 5:
        terminal.pump(0.002)
    return time.perf_counter() - start


OPTIMIZES = """
import torch
sgd = torch.optim.SGD([torch.ones(2, requires_grad=True)], lr=0.1)
"""


def optimizing(folder: str, turns: int) -> list[float]:
    """The same of a program with an optimizer, in seconds, once the kernel has got ready for the next one."""
    program = Path(folder) / "optimizes.py"
    program.write_text(OPTIMIZES + CLOCK)
    with Terminal(*PROGRAM, "run", str(program), columns=120, rows=40) as terminal:
        terminal.wait(RECORDED, 20)
        terminal.press("end")
        terminal.settle(5, 6)
        found = []
        for _ in range(turns):
            found.append(again(terminal))
            terminal.settle(1)
    return found


def _printed(terminal: Terminal) -> str:
    """The time that the run has printed, as far as it is on screen."""
    found = re.search(r"at (\d{19})", terminal.text)
    return found[1] if found else ""


TRAINING = ("training_loop", "when_it_does_not_learn")
"""Lessons whose programs take longer by themselves than `import torch` does."""


def lesson(name: str) -> float:
    """Seconds from the command to the whole record of a lesson."""
    with Terminal(*PROGRAM, "learn", name, columns=120, rows=40) as terminal:
        terminal.wait(RECORDED, 60)
        return time.perf_counter() - terminal.started


def alone(name: str) -> float:
    """Seconds that Python takes for a lesson's program."""
    start = time.perf_counter()
    subprocess.run([sys.executable, CONTENT / name / "code.py"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def lessons(rounds: int, figures: Figures) -> None:
    """The record of each lesson over `import torch`; of those that train at length over their own programs."""
    found: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name in [one.name for one in Catalog().lessons()]:
            bare = alone(name) if name in TRAINING else import_torch()
            found.setdefault(name, []).append(lesson(name) / bare)
    for name, ratios in found.items():
        over = "its program" if name in TRAINING else "import torch"
        show(f"{name} / {over}", ratios, "1.30")
    short = [ratios for name, ratios in found.items() if name not in TRAINING]
    figures.note("slowest short lesson / import torch", max(short, key=statistics.median))
    for name in TRAINING:
        figures.note(f"{name} / its program", found[name])


def show(name: str, values: list[float], bound: str) -> None:
    """One line: median, lowest and highest."""
    middle = statistics.median(values)
    print(f"{name:<38} {middle:6.3f}  ({min(values):.3f} to {max(values):.3f})   bound {bound}")


def main() -> None:
    """Measure in turn, print."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed is compiled once, not at every start
    figures = Figures(__file__)
    rounds = figures.number(7)
    first, last, rerun = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "gradient.py"
        program.write_text(Path(GRADIENT[-1]).read_text() + CLOCK)
        import_torch(), session(program)
        for _ in range(rounds):
            bare = (import_torch() + import_torch()) / 2
            a, b, c = session(program)
            first.append(a / bare)
            last.append(b / bare)
            rerun.append(c)
        optimized = optimizing(folder, rounds)
    show("first frame / import torch", first, "0.30")
    show("last step / import torch", last, "1.15")
    show("re-run, seconds", rerun, "0.150")
    figures.note("first frame / import torch", first)
    figures.note("last step / import torch", last)
    show("the same with an optimizer", optimized, "0.150")
    figures.note("re-run", rerun, "s")
    figures.note("re-run with an optimizer", optimized, "s")
    lessons(min(rounds, 5), figures)
    figures.write()


if __name__ == "__main__":
    main()
