"""What the rules of failures share: the exception that ended the program, at the program's own expression."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tutor_tui.findings.evidence import Evidence, code, place
from tutor_tui.protocol.messages import Failure, Finding, Span
from tutor_tui.text.numbers import shape_text
from tutor_tui.trace.look.operands import operands
from tutor_tui.trace.record.trace import Trace

TORCH = ("RuntimeError", "OutOfMemoryError", "AcceleratorError")
"""Exceptions that torch raises outside of an operation, too."""


def failing(pattern: str, *, message: str, why: str, fix: str) -> Callable[[Evidence], Iterator[Finding]]:
    """A rule that only explains an exception, at the expression that failed.

    In `message` stand `{expression}`, `{given}` for what the operation was given, `{error}` for torch's own words, and
    `{made}` for where a layer that took part was made.
    """

    def find(evidence: Evidence) -> Iterator[Finding]:
        trace = evidence.trace
        failure = failure_like(trace, pattern)
        if failure is not None:
            said = message.format(
                expression=expression(trace, failure),
                given=_given(trace, failure) or "tensors",
                error=failure.message,
                made=_made(evidence, failure),
            )
            yield failed(trace, failure, said, why, fix)

    return find


def failure_like(trace: Trace, pattern: str) -> Failure | None:
    """The exception that ended the program, if torch raised it, and its text is like this.

    Python's own, and the program's, may speak of the same things and mean others.
    """
    failure = trace.failure
    if failure is None or not re.search(pattern, failure.message):
        return None
    if failure.operation:
        return failure
    at = _where(trace, failure)
    own = trace.sources.line(at.file, at.line).startswith("raise")
    return failure if failure.type.rpartition(".")[2] in TORCH and not own else None


def failed(
    trace: Trace,
    failure: Failure,
    message: str,
    why: str,
    fix: str,
    at: Span | None = None,
    steps: tuple[int, ...] = (),
) -> Finding:
    """A finding at the program's own line, or at another place that is to blame."""
    span = at or _where(trace, failure)
    return Finding(
        rule="",
        level="",
        file=span.file,
        line=span.line,
        span=span,
        message=message,
        why=why,
        fix=fix,
        steps=sorted({*steps, failure.seq}),
    )


def _where(trace: Trace, failure: Failure) -> Span:
    """The expression that failed; where it is not known, the line."""
    if failure.span is not None:
        return failure.span
    frame = trace.sources.innermost(failure.frames)
    if frame is None:
        return Span("", 0, 0, 0, 0)
    return Span(frame.file, frame.line, 0, frame.line, len(trace.sources.line(frame.file, frame.line)))


def expression(trace: Trace, failure: Failure) -> str:
    """What failed, as it is written."""
    span = _where(trace, failure)
    return code(trace, failure.span) or trace.sources.line(span.file, span.line) or "this line"


def _made(evidence: Evidence, failure: Failure) -> str:
    """Where the weights of a layer that failed were made: ` (layers.2.weight was made in line 12)`."""
    for preview in failure.operands:
        weight = preview.is_leaf and preview.requires_grad and len(preview.shape) > 1
        made = evidence.first_made(preview.id) if weight else None
        at = place(evidence.trace, made) if made is not None else None
        if at is not None:
            name = evidence.name(preview.id, failure.seq) or "a weight"
            return f" ({name} was made in line {at.line})"
    return ""


def _given(trace: Trace, failure: Failure) -> str:
    """What the operation was given: `x (4×3) and w (5×2)`."""
    found = [f"{one.name} ({shape_text(one.preview.shape)})" for one in operands(trace, failure)]
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)
