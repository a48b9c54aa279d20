"""Where one stands in the run, on one line."""

from __future__ import annotations

from tutor_tui.protocol.messages import Accumulate, Backward, End, Failure, Loss, Update
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.ui.panes.pane import Pane
from tutor_tui.ui.panes.rows import Row, row
from tutor_tui.ui.settings import Settings

BAR = 12
"""Cells that the bar has at least, as long as words can be spared for it."""


class RulerPane(Pane):
    """Step, bar, phase, pass, and what the run is doing."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, id="ruler")
        self.can_focus = False
        self.status = ""

    def show(self, cursor: Cursor) -> None:
        """One row."""
        self.show_rows([ruler_row(cursor, self.status, self.room.width)])


def ruler_row(cursor: Cursor, status: str, width: int) -> Row:
    """Step number, a bar, the phase, the iteration, and what the run is doing."""
    total = len(cursor.trace)
    text = f" step {cursor.index + 1 if total else 0:,} of {total:,} "
    parts = [phase(cursor)]
    passes = len(cursor.trace.losses)
    if passes > 1 and total:
        number = min(cursor.trace.passes.done(cursor.moment) + _pending(cursor), passes)
        parts.append(f"pass {number} of {passes}" if cursor.trace.mode is None else _pass(cursor, number))
    tail = f" {' · '.join(p for p in (*parts, status) if p)}"
    if len(text) + len(tail) + BAR > width:
        tail = f" {' · '.join(p for p in (*parts, status.partition(':')[0]) if p)}"
    room = max(0, min(30, width - len(text) - len(tail) - 2))
    filled = round(room * (cursor.index + 1) / total) if total else 0
    bar = _bar(cursor, room)
    done = bar[:filled].replace("─", "━")
    return row((text, "now"), (done, "value"), (bar[filled:], "dim"), tail)


def _pass(cursor: Cursor, number: int) -> str:
    """Of a run that is not recorded whole: the pass as the program counts."""
    step = cursor.trace.steps[cursor.trace.losses[max(1, number) - 1]]
    if step.seq < cursor.trace.passes.since(cursor.moment):
        return ""
    return f"pass {step.iteration:,}" if isinstance(step, Loss) else ""


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
    return cursor.trace.passes.phase(cursor.moment)


def _pending(cursor: Cursor) -> int:
    return int(phase(cursor) in ("forward", ""))
