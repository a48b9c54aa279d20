"""Whole screens as text, kept in files. `UPDATE_GOLDENS=1` writes them anew, to be looked at before they are kept."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from tests.terminal import PROGRAM, SAMPLES, Terminal

GOLDENS = Path(__file__).parent / "goldens"
SIZES = [(80, 24), (120, 40), (200, 60)]
FAILING = """\
import torch

weights = torch.ones(2, 3, requires_grad=True)
inputs = torch.ones(2)
loss = (weights @ inputs).sum()
loss.backward()
"""


def compare(terminal: Terminal, name: str, folder: str = "") -> None:
    """The screen against its file, where the last part of `folder`'s name stands as x, be it cut off or not."""
    terminal.settle(0.15)
    seen = terminal.text
    stem, _, own = folder.rpartition("-")
    for length in range(len(own), 0, -1):
        seen = seen.replace(f"{stem}-{own[:length]}", f"{stem}-{'x' * length}")
    compare_text(seen, name)


def compare_text(seen: str, name: str) -> None:
    """Lines of a screen against their file."""
    path = GOLDENS / f"{name}.txt"
    seen = "\n".join(line.rstrip() for line in seen.splitlines()) + "\n"
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(seen, encoding="utf-8")
    assert seen == path.read_text(encoding="utf-8"), f"{path.name} differs; look at both"


@pytest.mark.parametrize(
    ("columns", "rows", "options"),
    [(*size, options) for options in ((), ("--ascii",)) for size in SIZES],
)
def test_a_walk(columns: int, rows: int, options: tuple[str, ...]) -> None:
    kind = f"{columns}x{rows}{'-ascii' if options else ''}"
    with Terminal(
        *PROGRAM, "run", *options, str(SAMPLES / "gradient.py"), columns=columns, rows=rows
    ) as terminal:
        terminal.wait("exit 0")
        compare(terminal, f"first-{kind}")
        terminal.goto("9")
        compare(terminal, f"forward-{kind}")
        terminal.goto("20")
        compare(terminal, f"backward-{kind}")
        terminal.press("i")
        compare(terminal, f"inspector-{kind}")
        terminal.press("esc", "end")
        compare(terminal, f"end-{kind}")
        terminal.press("?")
        compare(terminal, f"help-{kind}")


@pytest.mark.parametrize(
    ("columns", "rows", "options"),
    [*((*size, ()) for size in SIZES), (80, 24, ("--ascii",)), (120, 40, ("--ascii",))],
)
def test_a_failure(columns: int, rows: int, options: tuple[str, ...]) -> None:
    # the traceback on the screen names the file: its path is as long each time
    with tempfile.TemporaryDirectory(prefix="goldens-", dir="/tmp") as folder:
        file = Path(folder) / "failing.py"
        file.write_text(FAILING)
        with Terminal(*PROGRAM, "run", *options, str(file), columns=columns, rows=rows) as terminal:
            terminal.wait("exit 1")
            terminal.press("end", "left")
            compare(terminal, f"failure-{columns}x{rows}{'-ascii' if options else ''}", folder)


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_lesson_a_question_and_an_exercise(columns: int, rows: int) -> None:
    kind = f"{columns}x{rows}"
    with Terminal(*PROGRAM, "learn", "first_gradient", columns=columns, rows=rows) as terminal:
        terminal.wait("exit 0")
        compare(terminal, f"lesson-{kind}")
        terminal.goto(":16")
        compare(terminal, f"lesson-note-{kind}")
        for _ in range(60):  # a question stands between two lines
            if "skips" in terminal.press("n"):
                break
        compare(terminal, f"question-{kind}")
        terminal.press("esc", "X")
        terminal.wait("Ctrl-S run and check")
        compare(terminal, f"exercise-{kind}")
