"""Python that touches no tensor: when its lines have been seen often enough, they are followed no more.

Preparing data is such code, and may run for minutes: a line that is recorded takes a hundred times as long as bare.
"""

from __future__ import annotations

import time
from threading import get_ident
from types import FrameType

from tutor_tui.kernel.program.loops import values_of_loop
from tutor_tui.kernel.program.stack import Call, Running, turn_of_loop
from tutor_tui.protocol.messages import Unseen

TURNS = 200
"""Times that one line runs without an operation on a tensor before lines are looked away from."""
AWAY = "Line {} has run {} times without touching a tensor{}. Python runs untraced until the next tensor operation."
"""Two rows of a screen of 80 columns hold it whole."""
OVER = "; it loops over {:,} values"
BACK = "Python ran untraced for {}; no tensor was touched in that time."


class PlainPython:
    """Counts how often each line runs between two operations, and since when nobody looks."""

    def __init__(self) -> None:
        self._times: dict[tuple[int, int], int] = {}  # by the code's address, and the line
        self._since = 0.0
        self._thread = 0

    @property
    def away(self) -> bool:
        """Whether lines are looked away from."""
        return self._thread != 0

    def often(self, frame: FrameType) -> bool:
        """Count the line that a frame is on; whether it has run so often that it need not be seen again."""
        key = id(frame.f_code), frame.f_lineno
        times = self._times[key] = self._times.get(key, 0) + 1
        return times >= TURNS

    def touched(self) -> bool:
        """An operation on a tensor: all is counted anew. Whether lines of this thread are looked away from."""
        if self._times:
            self._times.clear()
        return self._thread != 0 and self._thread == get_ident()

    def look_away(self, frame: FrameType, source: str) -> str:
        """From now on, in this thread; what is to be said of it. `source` is the text of the frame's file."""
        self._since, self._thread = time.perf_counter(), get_ident()
        values = values_of_loop(frame, source)
        return AWAY.format(frame.f_lineno, TURNS, "" if values is None else OVER.format(values))

    def forget(self) -> None:
        """That lines were looked away from: there is no coming back to them."""
        self._thread = 0

    def where(self, call: Call, source: str, running: Running) -> Unseen:
        """How far the unseen program has come whose innermost call is `call`."""
        call, (turn, values) = turn_of_loop(call, source, running)
        seconds = time.perf_counter() - self._since
        return Unseen(file=call.code.co_filename, line=call.line, seconds=seconds, turn=turn, values=values)

    def look_again(self) -> str:
        """From now on; what is to be said of the time between."""
        self._thread = 0
        self._times.clear()
        return BACK.format(_duration(time.perf_counter() - self._since))


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
