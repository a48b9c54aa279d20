"""What the program has printed."""

from __future__ import annotations

from tutor_tui.trace.cursor import Cursor
from tutor_tui.trace.safe import safe
from tutor_tui.ui.render.rows import Row

LINES = 1000


def output_rows(cursor: Cursor) -> list[Row]:
    """The last lines printed up to the moment one stands at; a carriage return starts a line over."""
    if not len(cursor.trace):
        return []
    rows: list[Row] = []
    open_line = False
    for step in cursor.trace.output(cursor.moment)[-LINES:]:
        role = "error" if step.stream == "stderr" else ""
        for piece in step.text.splitlines(keepends=True):
            text = safe(piece.rstrip("\r\n").split("\r")[-1].expandtabs(8))
            if open_line and rows:
                rows[-1] = (*rows[-1], (text, role))
            else:
                rows.append(((text, role),))
            open_line = not piece.endswith(("\n", "\r"))
    if cursor.trace.output_dropped:
        rows.append(((f"… {cursor.trace.output_dropped:,} more characters are not kept", "dim"),))
    return rows[-LINES:]
