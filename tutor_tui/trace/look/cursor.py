"""Where the viewer stands in a trace: what every pane is a function of."""

from __future__ import annotations

from dataclasses import dataclass

from tutor_tui.protocol.messages import AnyStep
from tutor_tui.trace.look.moves import nearest, where
from tutor_tui.trace.record.stops import Stop
from tutor_tui.trace.record.trace import Trace


@dataclass(frozen=True, slots=True)
class Cursor:
    """A stop of a trace. It does not change: a move makes another one."""

    trace: Trace
    index: int = 0

    @property
    def stop(self) -> Stop:
        """The step one stands at and what belongs to it."""
        return self.trace.stop(self.index)

    @property
    def step(self) -> AnyStep:
        """The step one stands at."""
        return self.trace.main(self.index)

    @property
    def moment(self) -> int:
        """The last step that has happened; -1 where none has."""
        return self.trace.moment(self.index) if len(self.trace) else -1

    def at(self, index: int) -> Cursor:
        """The stop of that number, or the nearest there is."""
        return Cursor(self.trace, nearest(self.trace, index))

    def after(self, move: str) -> Cursor:
        """Where a move leads; this very stop, where it leads nowhere."""
        found = where(self.trace, self.index, move)
        return self if found is None else Cursor(self.trace, found)
