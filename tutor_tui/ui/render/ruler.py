"""Where one stands in the run, on one line."""

from __future__ import annotations

from tutor_tui.protocol.messages import Accumulate, Backward, Loss, Update
from tutor_tui.trace.cursor import Cursor
from tutor_tui.ui.render.rows import Row, row


def ruler_row(cursor: Cursor, status: str, width: int) -> Row:
    """Step number, a bar, the phase, the iteration, and what the run is doing."""
    total = len(cursor.trace)
    number = cursor.index + 1 if total else 0
    text = f" step {number:,} of {total:,} "
    parts = [phase(cursor)]
    passes = len(cursor.trace.losses)
    if passes > 1 and total:
        parts.append(f"pass {min(cursor.trace.loss_before(cursor.moment) + _pending(cursor), passes)} of {passes}")
    tail = f" {' · '.join(p for p in (*parts, status) if p)}"
    room = max(0, min(30, width - len(text) - len(tail) - 2))
    filled = round(room * number / total) if total else 0
    return row((text, "now"), ("━" * filled, "value"), ("─" * (room - filled), "dim"), tail)


def phase(cursor: Cursor) -> str:
    """`forward`, `backward` or `update`; "" where there is nothing yet."""
    if not len(cursor.trace):
        return ""
    step = cursor.step
    if isinstance(step, (Loss, Backward)) or (isinstance(step, Accumulate) and step.incoming is not None):
        return "backward"
    if isinstance(step, Update):
        return "update"
    return "forward"


def _pending(cursor: Cursor) -> int:
    return 0 if phase(cursor) in ("backward", "update") else 1
