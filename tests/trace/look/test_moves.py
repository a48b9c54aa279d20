"""Moves are functions from stop to stop: the same answer each time, and nothing is moved by asking."""

from __future__ import annotations

import pytest

from tests.conftest import SAMPLES, Kernel
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.look.moves import MOVES, nearest, where, why_not
from tutor_tui.trace.record.trace import Trace


@pytest.fixture(scope="module")
def polynomial(kernel: Kernel) -> Trace:
    return kernel.run(SAMPLES / "polynomial.py")


def test_an_empty_record_leads_nowhere() -> None:
    trace = Trace()
    for move in MOVES:
        assert where(trace, 0, move) is None
        assert why_not(trace, 0, move) == ""
    assert nearest(trace, 7) == 0


@pytest.mark.parametrize("move", MOVES)
def test_every_move_stays_in_the_record_and_never_stands_still(polynomial: Trace, move: str) -> None:
    for index in range(0, len(polynomial), 7):
        found = where(polynomial, index, move)
        assert found is None or (0 <= found < len(polynomial) and found != index)
        assert where(polynomial, index, move) == found


def test_next_and_previous_are_each_others_way_back(polynomial: Trace) -> None:
    for index in range(len(polynomial) - 1):
        assert where(polynomial, index + 1, "previous") == index == where(polynomial, index, "next") - 1  # type: ignore[operator]


def test_the_ends_say_why_they_lead_no_further(polynomial: Trace) -> None:
    last = len(polynomial) - 1
    assert where(polynomial, 0, "previous") is None
    assert why_not(polynomial, 0, "previous") == "There is nothing before this step."
    assert where(polynomial, last, "next") is None
    assert why_not(polynomial, last, "next") == "This is the end of the record."


def test_without_a_pass_it_is_said(kernel: Kernel, tmp_path: object) -> None:
    (path := SAMPLES.__class__(str(tmp_path)) / "plain.py").write_text("x = 1\ny = 2\n")
    trace = kernel.run(path)
    assert where(trace, 0, "backward") is None
    assert why_not(trace, 0, "backward") == "No backward pass has run yet."
    assert why_not(trace, 0, "forward").startswith("Nothing has built a graph yet")


def test_a_cursor_does_not_change(polynomial: Trace) -> None:
    start = Cursor(polynomial)
    assert start.after("last").index == len(polynomial) - 1
    assert start.index == 0
    assert start.at(10**9).index == len(polynomial) - 1
    with pytest.raises(AttributeError):
        start.index = 3  # type: ignore[misc]
