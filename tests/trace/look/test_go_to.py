"""What a person types to go somewhere, and where it leads."""

from __future__ import annotations

import pytest

from tests.conftest import SAMPLES, Kernel
from tutor_tui.protocol.messages import Mode
from tutor_tui.trace.look.go_to import find_place
from tutor_tui.trace.record.trace import Trace


@pytest.fixture(scope="module")
def trace(kernel: Kernel) -> Trace:
    return kernel.run(SAMPLES / "polynomial.py")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("zebra", "“zebra” is not a place"),
        ("1.2.3", "“1.2.3” is not a number"),
        ("0", "There is no step 0"),
        ("999,999", "There is no step 999999"),
        ("p0", "There is no pass 0"),
        ("pass 9999", "There is no pass 9999"),
        (":9999", "Line 9999 has no code"),
        (":0", "Line 0 has no code"),
    ],
)
def test_it_says_why_there_is_no_such_place(trace: Trace, typed: str, said: str) -> None:
    place, why = find_place(trace, 0, typed)
    assert place is None
    assert said in why


@pytest.mark.parametrize("typed", ["12", "s12", "step 12", " 1_2 ", "12."])
def test_a_step_counts_from_one(trace: Trace, typed: str) -> None:
    assert find_place(trace, 0, typed) == (11, "")


@pytest.mark.parametrize(("typed", "share"), [("0%", 0.0), ("50%", 0.5), ("100 %", 1.0), ("250%", 1.0)])
def test_a_part_of_the_way(trace: Trace, typed: str, share: float) -> None:
    assert find_place(trace, 0, typed) == (round((len(trace) - 1) * share), "")


def test_a_pass_is_its_forward_passs_first_stop(trace: Trace) -> None:
    for number in (1, 2, 7):
        place, _ = find_place(trace, 0, f"p{number}")
        assert place is not None
        loss = trace.stop_of(trace.losses[number - 1])
        before = trace.stop_of(trace.losses[number - 2]) if number > 1 else -1
        assert before < place < loss


def test_a_line_is_looked_for_ahead_and_then_from_the_start(trace: Trace) -> None:
    loss = next(
        n for n, text in enumerate(next(iter(trace.sources.values())).split("\n"), 1) if "backward()" in text
    )
    first, _ = find_place(trace, 0, f":{loss}")
    assert first is not None
    second, _ = find_place(trace, first, f"line {loss}")
    assert second is not None
    assert second > first
    assert find_place(trace, len(trace) - 1, f"l{loss}") == (first, "")


def test_a_pass_that_was_only_watched_says_so(kernel: Kernel) -> None:
    trace = kernel.run(SAMPLES / "gradient.py")
    trace.extend([Mode(mode="watching", passes=40)])
    place, why = find_place(trace, 0, "p40")
    assert place is None
    assert "Pass 40 was not recorded" in why
    recorded, _ = find_place(trace, 0, "p1")
    assert recorded is not None
