"""What the program has printed."""

from __future__ import annotations

from tutor_tui.protocol.messages import Output
from tutor_tui.text.page import Line, Page
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.ui.panes.rows import Row, fold_row

LINES = 1000
"""Lines that the pane can scroll through."""
CHARACTERS = 200_000
"""Characters of the newest output that are looked at: a program may print millions at once."""
MEASURE = 16
"""Cells that a line is given at least."""
WIDE = 2000
"""Characters of one line that are kept."""


def output_rows(cursor: Cursor, width: int = WIDE) -> list[Row]:
    """The last lines printed up to the moment one stands at, as a terminal of `width` cells would show them.

    Lines of stderr begin with `!`.
    """
    if not len(cursor.trace):
        return []
    page = Page(LINES, WIDE)
    for step in _newest(cursor.trace.printed.upto(cursor.moment)):
        page.write(step.text, "error" if step.stream == "stderr" else "")
    rows: list[Row] = [_row(line) for line in page.lines]
    if not page.lines[-1]:  # the last line has ended, and none has begun
        rows.pop()
    if cursor.trace.printed.dropped:
        rows.append(((f"… {cursor.trace.printed.dropped:,} more characters are not kept", "dim"),))
    return [part for line in rows for part in fold_row(line, max(MEASURE, width))][-LINES:]


def _row(line: Line) -> Row:
    role = line[0][1] if line else ""
    return (("! ", role), *line) if role else (*line,)


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
