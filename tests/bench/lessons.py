"""How soon a lesson follows its knob: from the key to the last byte of the new run's screen.

python tests/bench/lessons.py [TURNS] [--json FILE]
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.figures import Figures
from tests.terminal import PROGRAM, Terminal

LESSONS = {"computation_graph": r"x = {}", "gradient_descent": r"lr = {}"}


def turn(terminal: Terminal, key: str) -> float:
    """Milliseconds from the key until the new run has ended and nothing more is drawn."""
    start = last = time.perf_counter()
    terminal.press_now(key)
    while time.perf_counter() - last < 0.5:
        if terminal.pump(0.002):
            last = time.perf_counter()
    return 1000 * (last - start)


def main() -> None:
    """Measure and print."""
    figures = Figures(__file__)
    turns = figures.number(20)
    for name in LESSONS:
        with Terminal(*PROGRAM, "learn", name, columns=120, rows=40) as terminal:
            terminal.wait("recorded|exit 0", 30)
            terminal.press("end", "left", "left", "left")
            found = [
                turn(terminal, key) for n in range(turns) for key in ("))((" if n % 2 else "(())")[n % 4]
            ]
            figures.note(f"{name}, knob to last byte", found, "ms")
            cuts = statistics.quantiles(found, n=20)
            print(
                f"{name:<18} knob to last byte, ms {statistics.median(found):6.0f}  "
                f"(quartiles {cuts[4]:.0f} to {cuts[14]:.0f}, 95 % within {cuts[18]:.0f})   bound 150"
            )
    figures.write()


if __name__ == "__main__":
    main()
