"""Moves of a viewer, as pure functions: from a stop to a stop. Moving never runs anything."""

from __future__ import annotations

from collections.abc import Callable

from tutor_tui.protocol.messages import Output
from tutor_tui.trace.record.trace import Trace


def _next_line(trace: Trace, index: int) -> int | None:
    """The next line that runs; after the last one the end."""
    following = trace.lines.next_stop(index)
    if following is None and trace.end is not None:
        return len(trace) - 1
    return following


def _next_print(trace: Trace, index: int) -> int | None:
    """The next stop at which the program printed."""
    return next((n for n in range(index + 1, len(trace)) if isinstance(trace.main(n), Output)), None)


MOVES: dict[str, Callable[[Trace, int], int | None]] = {
    "next": lambda trace, index: index + 1,
    "previous": lambda trace, index: index - 1,
    "next_line": _next_line,
    "previous_line": lambda trace, index: trace.lines.previous_stop(index),
    "forward": lambda trace, index: trace.passes.forward_start(index),
    "backward": lambda trace, index: trace.passes.backward_start(index),
    "first": lambda trace, index: 0,
    "failure": lambda trace, index: trace.stop_of(trace.failure.seq) if trace.failure is not None else None,
    "print": _next_print,
    "last": lambda trace, index: len(trace) - 1,
}
"""Every move by its name: the stop that it means, whether there is one or not."""


def where(trace: Trace, index: int, move: str) -> int | None:
    """The stop to which a move leads from stop `index`; None where it leads nowhere."""
    meant = MOVES[move](trace, index) if len(trace) else None
    if meant is None:
        return None
    found = nearest(trace, meant)
    return found if found != index else None


def nearest(trace: Trace, index: int) -> int:
    """The stop of that number, or the nearest there is; 0 in an empty record."""
    return max(0, min(index, len(trace) - 1))


def crossed(trace: Trace, before: int, found: int) -> str:
    """What a move from a stop to another has passed: where a part of the record begins that was recorded later.

    "" where both lie in one part, or one stands where the later part begins, which says so itself.
    """
    left, came = (trace.passes.since(trace.stop(index).first) for index in (before, found))
    later = max(left, came)
    if left == came or trace.stop(found).first == later:
        return ""
    number = trace.passes.first_number(later)
    if number is None:
        part = "earlier" if came < left else "later"
        return f"This is the {part} part of the record; some steps between are missing."
    what = f"the recorded iteration of pass {number:,}"
    return f"This is before {what}." if came < left else f"This is in {what}; some steps between are missing."


def why_not(trace: Trace, index: int, move: str) -> str:
    """Why a move leads nowhere, in a sentence; "" where nothing is worth saying."""
    if not len(trace):
        return ""
    if move == "backward" and not trace.losses:
        return "No backward pass has run yet."
    if move == "forward" and trace.passes.forward_start(index) is None:
        return "Nothing has built a graph yet: there is no forward pass to go to."
    if move == "print":
        return "Nothing is printed after this step."
    if move == "failure":
        return "The program has not failed." if trace.failure is None else "This is where it failed."
    if move in ("next", "next_line"):
        return "This is the end of the record." if trace.end else "The program has not run past here yet."
    return "There is nothing before this step." if move == "previous" else ""
