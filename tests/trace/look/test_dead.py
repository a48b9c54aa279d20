"""Stops at which there is nothing to see."""

from __future__ import annotations

from collections.abc import Callable

from tutor_tui.protocol.messages import Line
from tutor_tui.trace.look.dead import dead
from tutor_tui.trace.record.trace import Trace

PROGRAM = """\
import torch
def total(xs):
    return sum(
        x * 2
        for x in xs
    )
rows = [
    1.0,
    2.0 + len("a"),
    3.0,
]
t = torch.tensor(
    rows,
    requires_grad=True,
)
for n in range(2):
    t = (
        t
        + n
    )
print(total(rows))
"""


def walked(trace: Trace) -> list[int]:
    """The lines at which a walk stops."""
    mains = ((index, trace.main(index)) for index in range(len(trace)))
    return [step.line for index, step in mains if isinstance(step, Line) and not dead(trace, index)]


def test_a_statement_on_many_lines_is_one_stop(record: Callable[[str], Trace]) -> None:
    lines = walked(record(PROGRAM))
    for first, last in ((7, 11), (12, 15)):
        assert sum(first <= line <= last for line in lines) == 1
    assert sum(17 <= line <= 20 for line in lines) == 2  # once in each round
    assert [line for line in lines if 2 < line < 7] == [3]  # none of the generator's


def test_what_has_a_body_and_what_comes_again_is_walked(record: Callable[[str], Trace]) -> None:
    body = "    if (\n        n > 0\n    ):\n        return f(\n            n - 1\n        )\n    return n\n"
    text = f"def f(n):\n{body}f(2)\nf(1)\n"
    lines = walked(record(text))
    assert lines.count(9) == 1
    assert lines.count(10) == 1
    assert sum(line in (5, 6) for line in lines) == 3  # a call of its own each time


def test_a_walk_passes_them(record: Callable[[str], Trace]) -> None:
    trace = record(PROGRAM)
    assert any(dead(trace, index) for index in range(len(trace)))
    assert not dead(trace, 0)


def test_the_lines_of_a_match_are_walked(record: Callable[[str], Trace]) -> None:
    lines = walked(record("x = 2\nmatch x:\n    case 1:\n        y = 1\n    case 2:\n        y = 2\nz = y\n"))
    assert lines[-2:] == [6, 7]
