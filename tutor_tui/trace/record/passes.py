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
        """Where backward passes began. One may have several losses: it is where the first was sent backward."""
        self.forwards: list[int] = []
        """The first operation of each forward pass that the graph remembers."""
        self.resumed: list[int] = []
        """Where a recording begins again that was left: what lies before is of another time."""
        self._numbers: list[int] = []
        self._sent: list[list[int]] = []

    def send_backward(self, loss: Loss, began: int | None) -> None:
        """A backward pass begins, or another loss of it is told; `began` is the first operation of its graph.

        What was computed before and not sent backward, as for a print, is no part of the forward pass.
        """
        if began is not None and self.forwards and began > self.forwards[-1] > (self.losses or [-1])[-1]:
            self.forwards[-1] = began
        if self._numbers[-1:] == [loss.iteration]:
            self._sent[-1].append(loss.seq)
            return
        self._sent.append([loss.seq])
        self.losses.append(loss.seq)
        self._numbers.append(loss.iteration)

    def go_forward(self, seq: int) -> None:
        """An operation of a forward pass: the first one behind a backward pass begins another."""
        last = self.forwards[-1] if self.forwards else -1
        done = self.losses[-1] if self.losses else -1
        if last <= done:
            self.forwards.append(seq)

    @property
    def gaps(self) -> bool:
        """Whether there were passes that are not in the record."""
        return bool(self._numbers) and self._numbers[-1] != len(self._numbers)

    @property
    def last_number(self) -> int:
        """The number, from 1 in the whole run, of the last pass in the record; 0 where there is none."""
        return self._numbers[-1] if self._numbers else 0

    def of_number(self, number: int) -> int | None:
        """The place in `losses` of the pass of that number; None where it was not recorded."""
        at = bisect_left(self._numbers, number)
        return at if at < len(self._numbers) and self._numbers[at] == number else None

    def since(self, moment: int) -> int:
        """Where the recording began that a moment lies in."""
        index = bisect_right(self.resumed, moment)
        return self.resumed[index - 1] if index else 0

    def done(self, moment: int) -> int:
        """How many backward passes had begun."""
        return bisect_right(self.losses, moment)

    def number(self, moment: int) -> int:
        """The number, from 1 in the whole run, of the last backward pass that had begun; 1 before the first."""
        return self._numbers[max(0, self.done(moment) - 1)] if self._numbers else 1

    def first_number(self, since: int) -> int | None:
        """The number of the first backward pass that begins after a step; None where none does."""
        at = bisect_left(self.losses, since)
        return self._numbers[at] if at < len(self._numbers) else None

    def sent(self, moment: int, passes: int) -> list[int]:
        """The losses of the last few backward passes that had begun."""
        done = self.done(moment)
        return [seq for sent in self._sent[max(0, done - passes) : done] for seq in sent]

    def phase(self, moment: int) -> str:
        """`forward` or `after backward`, "" before the first operation that the graph remembers."""
        forward = bisect_right(self.forwards, moment)
        done = self.done(moment)
        if not forward or self.forwards[forward - 1] < self.since(moment):
            return ""
        return "after backward" if done and self.losses[done - 1] > self.forwards[forward - 1] else "forward"

    def forward_start(self, index: int) -> int | None:
        """Where the forward pass around a stop begins; the next one where the stop is that beginning, or lies in none.

        The last one where none follows.
        """
        return self._this_or_next(self.forwards, index, self._last(self.forwards, index))

    def backward_start(self, index: int) -> int | None:
        """Where the backward pass around a stop begins, or that of its forward pass; asked there, the next one.

        The last one where none follows.
        """
        forward, around = self._last(self.forwards, index), self._last(self.losses, index)
        if around is not None and forward is not None and around < forward:
            around = None
        return self._this_or_next(self.losses, index, around)

    def _up_to(self, seqs: list[int], index: int) -> int:
        """How many of some landmarks lie at a stop or before it."""
        return bisect_right(seqs, index, key=self._stops.of)

    def _last(self, seqs: list[int], index: int) -> int | None:
        """The stop of the last of some landmarks up to a stop, in the part of the record in which that lies."""
        at = self._up_to(seqs, index)
        found = at and seqs[at - 1] >= self.since(self._stops.first(index))
        return self._stops.of(seqs[at - 1]) if found else None

    def _this_or_next(self, seqs: list[int], index: int, around: int | None) -> int | None:
        if around is not None and around != index:
            return around
        at = self._up_to(seqs, index)
        return self._stops.of(seqs[min(at, len(seqs) - 1)]) if seqs else None
