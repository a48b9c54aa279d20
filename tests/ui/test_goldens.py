"""Whole screens as text, kept in files. `UPDATE_GOLDENS=1` writes them anew, to be looked at before they are kept."""

from __future__ import annotations

import os
import random
import shutil
import string
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.terminal import PROGRAM, SAMPLES, Terminal
from tests.ui.stage import Stage, of_lesson, of_program

pytestmark = pytest.mark.usefixtures("new_person")
GOLDENS = Path(__file__).parent / "goldens"
SIZES = [(80, 24), (120, 40), (200, 60)]
FAILING = """\
import torch

weights = torch.ones(2, 3, requires_grad=True)
inputs = torch.ones(2)
loss = (weights @ inputs).sum()
loss.backward()
"""


@contextmanager
def new_folder(path: Path) -> Iterator[str]:
    """A folder for the length of a block."""
    path.mkdir()
    try:
        yield str(path)
    finally:
        shutil.rmtree(path)


def compare(terminal: Terminal | Stage, name: str, folder: str = "") -> None:
    """The screen against its file, where the last part of `folder`'s name stands as x, be it cut off or not."""
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


def walk(terminal: Terminal | Stage, kind: str) -> None:
    terminal.wait("recorded|exit 0")
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


@pytest.mark.parametrize("ascii_only", [False, True], ids=["", "ascii"])
@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_walk(columns: int, rows: int, ascii_only: bool) -> None:
    with of_program(SAMPLES / "gradient.py", columns, rows, ascii_only) as stage:
        walk(stage, f"{columns}x{rows}{'-ascii' if ascii_only else ''}")


@pytest.mark.parametrize("options", [(), ("--ascii",)], ids=["", "ascii"])
def test_a_terminal_shows_the_same(options: tuple[str, ...]) -> None:
    program = (*PROGRAM, "run", *options, str(SAMPLES / "gradient.py"))
    with Terminal(*program, columns=80, rows=24) as terminal:
        walk(terminal, f"80x24{'-ascii' if options else ''}")


@pytest.mark.parametrize(
    ("columns", "rows", "ascii_only"),
    [*((*size, False) for size in SIZES), (80, 24, True), (120, 40, True)],
)
def test_a_failure(columns: int, rows: int, ascii_only: bool) -> None:
    # the traceback on the screen names the file: its path is as long each time, and holds no digit to be kept whole
    own = "".join(random.choices(string.ascii_lowercase, k=8))
    with new_folder(Path(f"/tmp/goldens-{own}")) as folder:
        file = Path(folder) / "failing.py"
        file.write_text(FAILING)
        with of_program(file, columns, rows, ascii_only) as stage:
            stage.wait("exit 1")
            stage.press("end", "left")
            compare(stage, f"failure-{columns}x{rows}{'-ascii' if ascii_only else ''}", folder)


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_lesson_a_question_and_an_exercise(columns: int, rows: int) -> None:
    kind = f"{columns}x{rows}"
    with of_lesson("first_gradient", columns, rows) as stage:
        stage.wait("recorded|exit 0")
        compare(stage, f"lesson-{kind}")
        stage.goto(":16")
        compare(stage, f"lesson-note-{kind}")
        for _ in range(60):  # a question stands between two lines
            if "─ question ─" in stage.press("n"):
                break
        compare(stage, f"question-{kind}")
        stage.press("esc", "X")
        stage.wait("S check, G walk it")
        compare(stage, f"exercise-{kind}")
