"""The program's text with the running line and the very sub-expression marked."""

from __future__ import annotations

from typing import NamedTuple

from tutor_tui.protocol.messages import Accumulate, Backward, Failure, Loss, Op, Span
from tutor_tui.trace.cursor import Cursor
from tutor_tui.trace.safe import safe
from tutor_tui.ui.render.rows import Row, mark

FORWARD, BACKWARD, FAILED = "▶", "◀", "✗"


class Where(NamedTuple):
    """What the code pane points at: a file, a line of it, and maybe a piece of source."""

    file: str
    line: int
    span: Span | None
    direction: str


def where(cursor: Cursor) -> Where:
    """The place in the source that a step is about; backward steps point at what they differentiate."""
    trace = cursor.trace
    if not len(trace):
        return Where(next(iter(trace.sources), ""), 0, None, FORWARD)
    step = cursor.step
    line = trace.line(cursor.moment)
    here = (
        Where(line.file, line.line, None, FORWARD)
        if line
        else Where(next(iter(trace.sources), ""), 0, None, FORWARD)
    )
    match step:
        case Op(span=Span() as span):
            return Where(span.file, span.line, span, FORWARD)
        case Loss(span=Span() as span):
            return Where(span.file, span.line, span, BACKWARD)
        case Backward():
            op = trace.nodes.op(step.node)
            return here._replace(span=op.span if op else None, direction=BACKWARD)
        case Accumulate(incoming=incoming) if incoming is not None:
            return here._replace(direction=BACKWARD)
        case Failure(frames=[*_, last]):
            known = [f for f in step.frames if f.file in trace.sources]
            place = known[-1] if known else last
            return Where(place.file, place.line, None, FAILED)
    return here


def code_rows(cursor: Cursor) -> tuple[list[Row], int]:
    """All rows of the file one stands in, and the number of the row to keep in sight."""
    place = where(cursor)
    span = place.span
    file = span.file if span is not None else place.file
    lines = cursor.trace.sources.get(file, "").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    digits = max(2, len(str(len(lines))))
    rows: list[Row] = []
    for number, text in enumerate(lines, 1):
        rows.append(_code_row(number, text, digits, place, file))
    focus = span.line if span is not None else place.line
    return rows, max(0, focus - 1)


def _code_row(number: int, text: str, digits: int, place: Where, file: str) -> Row:
    span = place.span
    running = number == place.line and file == place.file
    covered = span is not None and span.line <= number <= span.end_line
    role = "backward" if place.direction == BACKWARD else "error" if place.direction == FAILED else "forward"
    glyph = place.direction if running or covered else " "
    gutter = (f"{glyph}{number:>{digits}} ", role if running or covered else "dim")
    if span is None or not covered:
        return (gutter, (_shown(text), "now" if running else ""))
    start = span.column if number == span.line else len(text) - len(text.lstrip())
    end = span.end_column if number == span.end_line else len(text)
    start, end = len(_shown(text[:start])), len(_shown(text[:end]))
    return (gutter, *mark(_shown(text), start, end, role))


def _shown(text: str) -> str:
    return safe(text.rstrip("\r").expandtabs(4))
