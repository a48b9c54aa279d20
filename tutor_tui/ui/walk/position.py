"""Where one stands while the record grows, and when the program is run again."""

from __future__ import annotations

from time import monotonic

from tutor_tui.trace.look.moves import nearest
from tutor_tui.trace.record.trace import Trace

PATIENCE = 0.3
"""Seconds in which a re-run may come back to the step one stood at, before one sees it on its way."""


class Position:
    """The number of the stop one stands at. It follows the end, or goes back to where one stood, as steps come."""

    def __init__(self) -> None:
        self.index = 0
        self.resume: int | None = None
        """Where the next run begins to be looked at; None for where this one stands."""
        self._following = self._moved = False
        self._wanted: int | None = None
        self._open_at: int | None = None
        self._began = 0.0

    @property
    def on_its_way(self) -> bool:
        """Whether the stop that is meant has not come yet."""
        return self._wanted is not None

    def begin(self) -> None:
        """Another run begins, with no steps so far."""
        self._wanted = (self.index or None) if self.resume is None else self.resume
        self.index, self.resume, self._open_at = 0, None, None
        self._began, self._moved = monotonic(), False

    def open_when_recorded(self, seq: int) -> None:
        """Stand at the first step of the recording that begins at `seq`, as soon as it is there."""
        self._open_at = seq

    def stand(self, index: int, following: bool = False) -> None:
        """Stand at a stop; with `following`, at the last one from now on."""
        self._wanted, self._following, self._moved = None, following, True
        self.index = index

    @property
    def untouched(self) -> bool:
        """Whether nobody has moved since the run began."""
        return self.index == 0 and not self._moved and self._wanted is None and not self._following

    def stay(self, following: bool = False) -> None:
        """Stand where one stands, whatever was meant."""
        self._wanted, self._following, self._moved = None, following, True

    def grow(self, trace: Trace) -> bool:
        """Steps have come. Whether it is time to draw: a re-run on its way back to a step is not, for a while."""
        if self._open_at is not None and any(seq >= self._open_at for seq in trace.passes.resumed):
            self.stand(trace.stop_of(trace.passes.resumed[-1]))
            self._open_at = None
        elif self._following:
            self.index = nearest(trace, len(trace) - 1)
        elif self._wanted is not None:
            self.index = nearest(trace, self._wanted)
            if self.index == self._wanted or trace.end is not None:
                self._wanted = None
            elif monotonic() - self._began < PATIENCE:
                return False
        return True
