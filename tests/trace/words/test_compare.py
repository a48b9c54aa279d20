"""Where two runs of nearly the same program part."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.compare import first_difference

Record = Callable[..., Trace]
PROGRAM = """
import torch
x = torch.tensor(2.0, requires_grad=True)
y = x * 3
y.backward()
with torch.no_grad():
    x -= 0.1 * x.grad
print(x.item())
"""


def test_the_same_program_does_not_part(record: Record) -> None:
    assert first_difference(record(PROGRAM), record(PROGRAM)) is None


@pytest.mark.parametrize(
    ("old", "new", "before", "now"),
    [
        ("2.0", "5.0", "= 2", "= 5"),
        ("x * 3", "x * 4", "= 6", "= 8"),
        ("0.1 *", "0.2 *", "0.3", "0.6"),
        ("print(x.item())", "print('x')", "1.7", "x"),
    ],
)
def test_the_first_other_value_is_where_they_part(
    record: Record, old: str, new: str, before: str, now: str
) -> None:
    parting = first_difference(record(PROGRAM), record(PROGRAM.replace(old, new)))
    assert parting is not None
    assert before in parting.before
    assert now in parting.now


def test_a_run_that_ends_earlier_is_where_they_part(record: Record) -> None:
    whole, short = record(PROGRAM), record(PROGRAM)
    cut = Trace()
    cut.extend([step for step in short.steps if step.seq < short.losses[0]])
    longer = first_difference(cut, whole)
    shorter = first_difference(whole, cut)
    assert longer is not None
    assert shorter is not None
    assert longer.before == shorter.now == "It had ended by then."
    assert longer.now == shorter.before
    assert "y" in longer.now
