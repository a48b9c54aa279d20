"""Two runs of nearly the same program: where they part."""

from __future__ import annotations

from typing import NamedTuple

from tutor_tui.protocol.messages import (
    AnyStep,
    Backward,
    Bind,
    Evaluated,
    Line,
    Loss,
    Node,
    Op,
    Output,
    Preview,
    Update,
)
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.story import story


class Parting(NamedTuple):
    """The first stop at which two runs differ, and what each of them did there."""

    at: int
    before: str
    now: str


def first_difference(old: Trace, new: Trace) -> Parting | None:
    """Where two runs part; None where they are the same step by step, value by value."""
    for index in range(min(len(old), len(new))):
        if _signs(old, index) != _signs(new, index):
            return Parting(index, story(old, index), story(new, index))
    if len(old) == len(new):
        return None
    index = min(len(old), len(new))
    ended = "It had ended by then."
    return Parting(
        min(index, len(new) - 1),
        story(old, index) if index < len(old) else ended,
        story(new, index) if index < len(new) else ended,
    )


def _signs(trace: Trace, index: int) -> list[object]:
    """What a stop did, without the numbers of tensors and nodes, which may shift.

    That a result was given a name is no difference in what was computed; a plain value's change is.
    """
    stop = trace.stop(index)
    steps = trace.steps[stop.first : stop.last + 1]
    named = (Node, Evaluated) if isinstance(steps[0], Line) else (Node, Evaluated, Bind)
    return [_sign(step) for step in steps if not isinstance(step, named)]


def _sign(step: AnyStep) -> object:
    match step:
        case Line():
            return "line"  # an edited text is no difference in what was computed
        case Bind():
            return "bind", step.name, step.text, _values(step.preview)
        case Op():
            return "op", step.name, [_values(p) for p in step.outputs]
        case Backward():
            return "backward", [_values(p) for p in step.grad_outputs], [_values(p) for p in step.grad_inputs]
        case Update():
            return "update", _values(step.after)
        case Loss():
            return "loss", repr(step.value)
        case Output():
            return "output", step.text
        case _:
            return type(step).__name__


def _values(preview: Preview | None) -> object:
    return None if preview is None else (preview.shape, preview.dtype, repr(preview.values))
