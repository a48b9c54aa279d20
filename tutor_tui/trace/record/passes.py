"""Forward and backward passes: where each begins, and in which one a moment lies."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from tutor_tui.protocol.messages import Loss
from tutor_tui.trace.record.stops import Stops


class Passes:
    """Landmarks by their `seq`."""

    def __init__(self, stops: Stops) -> None:
        self._stops = stops
        self.losses: list[int] = []
        """Where something was sent backward."""
        self.forwards: list[int] = []
        """The first operation of each forward pass that the graph remembers."""
        self.resumed: list[int] = []
        """Where a recording begins again that was left: what lies before is of another time."""
        self._numbers: list[int] = []

    def send_backward(self, loss: Loss) -> None:
        """A backward pass begins."""
        self.losses.append(loss.seq)
        self._numbers.append(loss.iteration)

    def go_forward(self, seq: int) -> None:
        """An operation of a forward pass: the first one behind a backward pass begins another."""
        last = self.forwards[-1] if self.forwards else -1
        done = self.losses[-1] if self.losses else -1
        if last <= done:
            self.forwards.append(seq)

    def of_number(self, number: int) -> int | None:
        """The place in `losses` of the pass of that number; None where it was not recorded."""
        at = bisect_left(self._numbers, number)
        return at if at < len(self._numbers) and self._numbers[at] == number else None

    def since(self, moment: int) -> int:
        """Where the recording began that a moment lies in."""
        index = bisect_right(self.resumed, moment)
        return self.resumed[index - 1] if index else 0

    def done(self, moment: int) -> int:
        """How many times something had been sent backward."""
        return bisect_right(self.losses, moment)

    def phase(self, moment: int) -> str:
        """`forward` or `after backward`, "" before the first operation that the graph remembers."""
        forward = bisect_right(self.forwards, moment)
        done = self.done(moment)
        if not forward or self.forwards[forward - 1] < self.since(moment):
            return ""
        return "after backward" if done and self.losses[done - 1] > self.forwards[forward - 1] else "forward"

    def forward_start(self, index: int) -> int | None:
        """Where the forward pass around a stop begins; asked there, where the next one does."""
        if not self.forwards:
            return None
        stops = [self._stops.of(seq) for seq in self.forwards]
        at = bisect_right(stops, index)
        if at == 0:
            return stops[0]
        if stops[at - 1] == index:
            return stops[min(at, len(stops) - 1)]
        return stops[at - 1]

    def backward_start(self, index: int) -> int | None:
        """Where the backward pass of the forward pass around a stop begins; asked there, the next one."""
        if not self.losses:
            return None
        begin = bisect_right(self.forwards, self._stops.first(index))
        since = self.forwards[begin - 1] if begin else 0
        at = bisect_left(self.losses, since)
        if self._stops.of(self.losses[min(at, len(self.losses) - 1)]) == index:
            at += 1
        return self._stops.of(self.losses[min(at, len(self.losses) - 1)])
