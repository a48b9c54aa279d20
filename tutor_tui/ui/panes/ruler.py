"""Where one stands in the run, on one line."""

from __future__ import annotations

from tutor_tui.protocol.messages import Accumulate, Backward, End, Failure, Loss, Update
from tutor_tui.text.safe import one_line
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.ui.panes.pane import Pane
from tutor_tui.ui.panes.rows import Row, row
from tutor_tui.ui.settings import Settings

FOUND = {"mistake": "✗", "notice": "!"}
"""Marks of the steps at which something was found."""
BAR = 10, 30
"""Cells that the bar has at least and at most."""


class RulerPane(Pane):
    """Step, bar, phase, pass, and what the run is doing."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, id="ruler")
        self.can_focus = False
        self.status = ""
        self.title = ""
        """The lesson's title, shown where there is room for it."""

    def show(self, cursor: Cursor) -> None:
        """One row."""
        self.show_rows([ruler_row(cursor, self.status, self.room.width, self.title)])


def ruler_row(cursor: Cursor, status: str, width: int, title: str = "") -> Row:
    """Step number, a bar, the phase, the iteration, what the run is doing; on the right the title.

    The bar has its place and its length, whatever stands behind it.
    """
    total = len(cursor.trace)
    text = f" step {cursor.index + 1 if total else 0:,} of {total:,} "
    parts = [phase(cursor)]
    passes = len(cursor.trace.losses)
    if passes > 1 and total:
        number = min(cursor.trace.passes.done(cursor.moment) + _pending(cursor), passes)
        parts.append(_pass(cursor, number))
    room = max(BAR[0], min(BAR[1], width // 6))
    text = f"{text:<{len(f' step {total:,} of {total:,} ')}}"
    left = width - len(text) - room
    tail = f" {' · '.join(p for p in (*parts, status) if p)}"
    if len(tail) > left:
        tail = f" {' · '.join(p for p in (*parts, status.partition(':')[0]) if p)}"
    tail = one_line(tail.rstrip(), max(1, left)) if len(tail) > left else tail
    if title and len(tail) + len(title) + 3 <= left:
        tail = f"{tail:<{left - len(title) - 1}}{title} "
    filled = round(room * (cursor.index + 1) / total) if total else 0
    bar = _bar(cursor, room)
    done = bar[:filled].replace("─", "━")
    return row((text, "now"), (done, "value"), (bar[filled:], "dim"), tail)


def _pass(cursor: Cursor, number: int) -> str:
    """The pass one stands in, as the program counts them; "" where that was not recorded."""
    trace = cursor.trace
    if trace.mode is None and not trace.passes.gaps:
        return f"pass {number} of {len(trace.losses)}"
    step = trace.steps[trace.losses[max(1, number) - 1]]
    if step.seq < trace.passes.since(cursor.moment) or not isinstance(step, Loss):
        return ""
    total = f" of {trace.passes.last_number:,}" if trace.mode is None else ""
    return f"pass {step.iteration:,}{total}"


def _bar(cursor: Cursor, room: int) -> str:
    """A line as long as the record, with a `┼` where each pass starts backward, if they can be told apart."""
    trace = cursor.trace
    total, passes = len(trace), len(trace.losses)
    bar = ["─"] * room
    if 0 < passes <= room // 2:
        for seq in trace.losses:
            bar[min(room - 1, trace.stop_of(seq) * room // total)] = "┼"
    for finding in trace.findings if total else ():
        if finding.steps:
            bar[min(room - 1, trace.stop_of(finding.steps[0]) * room // total)] = FOUND[finding.level]
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
    return cursor.trace.passes.phase(cursor.moment)


def _pending(cursor: Cursor) -> int:
    return int(phase(cursor) in ("forward", ""))
