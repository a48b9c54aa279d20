"""Where the viewer stands in a trace. Moving never runs anything."""

from __future__ import annotations

from tutor_tui.protocol.messages import AnyStep
from tutor_tui.trace.record.trace import Stop, Trace


class Cursor:
    """A stop of a trace; every move says whether it led anywhere."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.index = 0

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

    def go(self, index: int | None) -> bool:
        """Stand at a stop, or at the nearest there is; None stays."""
        if index is None or not len(self.trace):
            return False
        index = max(0, min(index, len(self.trace) - 1))
        moved = index != self.index
        self.index = index
        return moved

    def next(self) -> bool:
        """One stop on."""
        return self.go(self.index + 1)

    def previous(self) -> bool:
        """One stop back."""
        return self.go(self.index - 1)

    def first(self) -> bool:
        """To the first stop."""
        return self.go(0)

    def last(self) -> bool:
        """To the last stop there is so far."""
        return self.go(len(self.trace) - 1)

    def next_line(self) -> bool:
        """To the next line that runs; behind the last one to the end."""
        if not len(self.trace):
            return False
        following = self.trace.next_line(self.index)
        return self.go(following) if following is not None or self.trace.end is None else self.last()

    def previous_line(self) -> bool:
        """To the line before."""
        return self.go(self.trace.previous_line(self.index)) if len(self.trace) else False

    def forward(self) -> bool:
        """To the start of the forward pass; pressed there, of the next."""
        return self.go(self.trace.forward_start(self.index)) if len(self.trace) else False

    def backward(self) -> bool:
        """To the start of the backward pass; pressed there, of the next."""
        return self.go(self.trace.backward_start(self.index)) if len(self.trace) else False
