"""What the course must teach, fact by fact: each has a place in the text that `show` prints.

`elements.tsv` has a row a fact: its number, the lesson, and words that stand where it is taught. A lesson that is in
`COMPLETE` has all its facts.
"""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

TABLE = [
    line.split("\t")
    for line in (Path(__file__).parent / "elements.tsv").read_text(encoding="utf-8").splitlines()
]
COMPLETE = {
    "numpy_to_pytorch": range(1, 76),
    "pytorch_operations": range(76, 119),
    "computation_graph": range(119, 146),
    "first_gradient": range(146, 185),
    "neuron": range(185, 221),
    "training_step": range(221, 286),
    "gradient_descent": range(286, 302),
    "training_loop": range(302, 319),
}
"""By lesson, the numbers of its facts."""


@cache
def told(lesson: str) -> str:
    """All that a lesson says, on one line."""
    command = [sys.executable, "-m", "tutor_tui", "show", lesson]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return " ".join(shown.split())


@pytest.mark.parametrize("lesson", sorted({lesson for _, lesson, _ in TABLE}))
def test_every_fact_has_its_place(lesson: str) -> None:
    text = told(lesson)
    missing = [
        f"{number}: {words}" for number, where, words in TABLE if where == lesson and words not in text
    ]
    assert not missing


@pytest.mark.parametrize("lesson", COMPLETE)
def test_no_fact_is_left_out(lesson: str) -> None:
    assert {number for number, where, _ in TABLE if where == lesson} == {f"E{n:03}" for n in COMPLETE[lesson]}
