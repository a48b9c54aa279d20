"""Where one stands in the run, on one line."""

from __future__ import annotations

from tutor_tui.protocol.messages import Accumulate, Backward, End, Failure, Loss, Update
from tutor_tui.trace.cursor import Cursor
from tutor_tui.ui.render.rows import Row, row

BAR = 12
"""Cells that the bar has at least, as long as words can be spared for it."""


def ruler_row(cursor: Cursor, status: str, width: int) -> Row:
    """Step number, a bar, the phase, the iteration, and what the run is doing."""
    total = len(cursor.trace)
    number = cursor.index + 1 if total else 0
    text = f" step {number:,} of {total:,} "
    parts = [phase(cursor)]
    passes = len(cursor.trace.losses)
    if passes > 1 and total:
        parts.append(
            f"pass {min(cursor.trace.loss_before(cursor.moment) + _pending(cursor), passes)} of {passes}"
        )
    tail = f" {' · '.join(p for p in (*parts, status) if p)}"
    if len(text) + len(tail) + BAR > width:
        tail = f" {' · '.join(p for p in (*parts, status.partition(':')[0]) if p)}"
    room = max(0, min(30, width - len(text) - len(tail) - 2))
    filled = round(room * number / total) if total else 0
    bar = _bar(cursor, room)
    done = bar[:filled].replace("─", "━")
    return row((text, "now"), (done, "value"), (bar[filled:], "dim"), tail)


def _bar(cursor: Cursor, room: int) -> str:
    """A line as long as the record, with a `┼` where each pass starts backward, if they can be told apart."""
    trace = cursor.trace
    total, passes = len(trace), len(trace.losses)
    bar = ["─"] * room
    if 0 < passes <= room // 2:
        for seq in trace.losses:
            bar[min(room - 1, trace.stop_of(seq) * room // total)] = "┼"
    return "".join(bar)


def phase(cursor: Cursor) -> str:
    """`forward`, `backward`, `update`, `after backward`; "" before any and at the end."""
    if not len(cursor.trace):
        return ""
    match cursor.step:
        case Loss() | Backward():
            return "backward"
        case Accumulate(incoming=incoming) if incoming is not None:
            return "backward"
        case Update():
            return "update"
        case End() | Failure():
            return ""
    return cursor.trace.phase(cursor.moment)


def _pending(cursor: Cursor) -> int:
    return int(phase(cursor) in ("forward", ""))
