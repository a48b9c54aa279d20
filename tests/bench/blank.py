"""How much of the screen is blank while something on it is cut short, over the steps of every lesson.

    python tests/bench/blank.py [STEPS] [--json FILE]

A cell is blank if it holds a space, also one between words. A screen counts if a row of a pane in sight is longer than
the pane is wide. STEPS are walked of each lesson, spread over it.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path

from rich.cells import cell_len

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests import kernels
from tests.bench.figures import Figures
from tests.ui.stage import Stage, of_lesson
from tutor_tui.lessons.catalog import lessons
from tutor_tui.ui.panes.line_pane import LinePane
from tutor_tui.ui.panes.rows import plain

SIZES = {(80, 24): 0.25, (120, 40): 0.30, (200, 60): 1.0}
"""Sizes, and the share of blank cells that is the bound there."""


def cut_short(stage: Stage) -> list[str]:
    """The panes in sight with a row that is longer than they are wide."""
    walk = stage.app.showing.walk
    return [
        str(pane.id)
        for pane in walk.query(LinePane)
        if pane.display and any(cell_len(plain(row).rstrip()) > pane.room.width for row in pane.seen())
    ]


def blank(text: str, columns: int, rows: int) -> float:
    """The share of blank cells."""
    return 1 - sum(cell_len(word) for line in text.splitlines() for word in line.split()) / (columns * rows)


def main() -> None:
    """Measure and print."""
    for kind in ("CONFIG", "DATA", "STATE"):
        os.environ[f"XDG_{kind}_HOME"] = tempfile.mkdtemp()
    figures = Figures(__file__)
    steps = figures.number(60)
    server = kernels.start()
    for (columns, rows), bound in SIZES.items():
        cut: list[float] = []
        whole: list[float] = []
        where: dict[str, int] = {}
        for lesson in lessons():
            with of_lesson(lesson.name, columns, rows) as stage:
                stage.wait(r"recorded|exit \d", 120)
                total = len(stage.app.program_run.trace)
                for number in sorted({n * (total - 1) // (steps - 1) for n in range(steps)}):
                    stage.stand(number)
                    stage.press("shift+f12")  # nothing is bound to it: what is to be drawn is drawn
                    panes = cut_short(stage)
                    for pane in panes:
                        where[pane] = where.get(pane, 0) + 1
                    (cut if panes else whole).append(blank(stage.text, columns, rows))
        share = len(cut) / (len(cut) + len(whole))
        middle, worst = (statistics.median(cut), max(cut)) if cut else (0.0, 0.0)
        figures.note(f"{columns}x{rows} blank while something is cut", cut or [0.0], "share")
        print(
            f"{columns}x{rows}: cut on {share:.0%} of {len(cut) + len(whole)} screens; blank there {middle:.0%} "
            f"(worst {worst:.0%}), elsewhere {statistics.median(whole or [0]):.0%}   bound {bound:.0%}   {where}"
        )
    figures.write()
    if server.stdin is not None:
        server.stdin.close()


if __name__ == "__main__":
    main()
