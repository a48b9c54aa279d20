"""The recorder in one's own process: `with record() as trace: …`."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Sequence
from types import FrameType, TracebackType
from typing import Any

from tutor_tui.kernel.probes.turns import Turns
from tutor_tui.kernel.record.recorder import Recorder
from tutor_tui.kernel.record.unmade import MOST
from tutor_tui.kernel.tracing.tracing import Trace as LocalTrace
from tutor_tui.protocol.limits import MAX_STEPS
from tutor_tui.protocol.messages import Message
from tutor_tui.trace.record.trace import Trace


class record:
    """Records the block and yields the `Trace` that a screen would show, growing as the block runs.

        with record() as trace:
            loss = model(x).sum()
            loss.backward()
        print(trace.steps[-1])

    The block computes what it computes without. Prints go where they always go: they are no steps
    here, and the block has no `end`. `lines=False` leaves line events and names out, for a debugger
    or a coverage tool that needs Python's trace function itself. `max_steps` bounds the record.
    """

    def __init__(self, *, max_steps: int = MAX_STEPS, lines: bool = True) -> None:
        self.trace = RecordedTrace()
        self._recorder = Recorder(self.trace.pile, max_steps, waiting=MOST)
        self.trace.ask = self._recorder.emit.tell
        self._lines = lines
        self._frame: FrameType | None = None
        self._before: LocalTrace | None = None

    @property
    def faults(self) -> list[Exception]:
        """What went wrong in the recorder itself, which the block never sees."""
        return self._recorder.faults

    def __enter__(self) -> Trace:
        """Start at the next line of the caller."""
        frame = sys._getframe(1)
        self._recorder.files.adopt(frame.f_code.co_filename)
        if self._lines:
            self._frame = frame
        self._recorder.start(lines=self._lines)
        if self._lines:
            lines = self._recorder.lines
            self._before = lines.tracing.follow(frame, lines.enter(frame))
        return self.trace

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Leave torch and Python as they were found."""
        self._recorder.stop()
        self.trace.ask = _nothing
        if self._frame is not None:
            self._recorder.lines.tracing.follow(self._frame, self._before)
            self._frame = None


def _nothing() -> None:
    """There is nothing more to make."""


class RecordedTrace(Trace):
    """A trace that is put in order when somebody looks: while the block runs, steps only pile up."""

    def __init__(self) -> None:
        self._queue: deque[Any] = deque()
        self._sorting = Turns(self._queue, self._sort)
        extend = self._queue.extend

        def pile(messages: Sequence[Message]) -> int:
            extend(messages)
            return 0

        self.pile = pile
        """Takes messages without looking at them, or at this object."""
        self.ask: Callable[[], None] = _nothing
        """Has what was seen made into steps."""
        super().__init__()

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("_") and name not in ("pile", "extend", "ask"):
            object.__getattribute__(self, "ask")()
            if self._queue:
                self._sorting.run()
        return object.__getattribute__(self, name)

    def _sort(self) -> None:
        """Put what has come in order; while a thread of the program goes on, more may come in the middle of it."""
        messages: list[Any] = []
        while self._queue:
            messages.append(self._queue.popleft())
        self.extend(messages)

    def __len__(self) -> int:
        return len(self.steps) and super().__len__()
