"""What the program has printed."""

from __future__ import annotations

import re

from tutor_tui.protocol.messages import Output
from tutor_tui.text.safe import safe
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.record.printed import latest
from tutor_tui.ui.panes.rows import Row

LINES = 1000
"""Lines that the pane can scroll through."""
CHARACTERS = 200_000
"""Characters of the newest output that are looked at: a program may print millions at once."""
WIDE = 2000
"""Characters of one line that are kept."""


def output_rows(cursor: Cursor) -> list[Row]:
    """The last lines printed up to the moment one stands at; a carriage return starts a line over.

    Lines of stderr begin with `!`.
    """
    if not len(cursor.trace):
        return []
    rows: list[Row] = []
    open_line = False
    for step in _newest(cursor.trace.printed.upto(cursor.moment)):
        role = "error" if step.stream == "stderr" else ""
        for piece in re.findall(r"[^\n]*\n|[^\n]+", step.text):
            body = piece.rstrip("\r\n")
            text = safe(latest(body).expandtabs(8)[:WIDE])
            over = "\r" in body  # a bar is drawn anew in the place of the last
            if open_line and rows and not over:
                rows[-1] = (*rows[-1], (text, role))
            else:
                if open_line and rows:
                    rows.pop()
                rows.append((("! ", role), (text, role)) if role else ((text, role),))
            open_line = not piece.endswith("\n")
    if cursor.trace.printed.dropped:
        rows.append(((f"… {cursor.trace.printed.dropped:,} more characters are not kept", "dim"),))
    return rows[-LINES:]


def _newest(steps: list[Output]) -> list[Output]:
    """The last steps that a pane can show, in order."""
    kept: list[Output] = []
    size = 0
    for step in reversed(steps):
        kept.append(step)
        size += len(step.text)
        if size > CHARACTERS or len(kept) >= LINES:
            break
    return kept[::-1]
