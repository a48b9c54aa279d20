"""The newest steps of a record that has no room for all."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from tutor_tui.protocol.messages import Loss, Step


class Newest:
    """The iteration that runs and the one before it, each up to `most` steps."""

    def __init__(self, most: int) -> None:
        self.left_out = 0
        """Steps that were dropped, losses not counted: those are told all the same."""
        self.whole = True
        """Whether what is kept begins where an iteration does."""
        self._most = most
        self._lost_head = False  # of the iteration that runs
        self._before: deque[Step] = deque()
        self._now: deque[Step] = deque()

    def add(self, steps: Iterable[Step]) -> list[Step]:
        """Keep steps; what is dropped for them."""
        dropped = []
        self._now.extend(steps)
        while len(self._now) > self._most:
            dropped.append(self._now.popleft())
            self._lost_head = True
        if dropped and self._before:  # what is left of two iterations would have a hole in it
            dropped = [*self._before, *dropped]
            self._before.clear()
        self.whole = self.whole and not dropped
        return self._count(dropped)

    def begin_iteration(self) -> list[Step]:
        """What comes from now on belongs to the next one; what is dropped for it."""
        dropped, self._before, self._now = self._before, self._now, deque()
        self.whole, self._lost_head = not self._lost_head, False
        return self._count(list(dropped))

    def steps(self) -> list[Step]:
        """All that is kept, in order."""
        return [*self._before, *self._now]

    def _count(self, dropped: list[Step]) -> list[Step]:
        self.left_out += sum(not isinstance(step, Loss) for step in dropped)
        return dropped
