"""What the expressions of lines came to, by line and moment."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict

from tutor_tui.protocol.messages import Evaluated


class EvaluatedLines:
    """The evaluations of a run, in their order."""

    def __init__(self) -> None:
        self._of: defaultdict[int, list[Evaluated]] = defaultdict(list)

    def add(self, step: Evaluated) -> None:
        """One more."""
        self._of[step.line].append(step)

    def at(self, line: int, moment: int) -> Evaluated | None:
        """The last evaluation of a line up to a moment; None where it has not run."""
        found = self._of.get(line, [])
        index = bisect_right(found, moment, key=lambda step: step.seq)
        return found[index - 1] if index else None

    def first(self, line: int) -> Evaluated | None:
        """The first evaluation of a line in the whole record."""
        found = self._of.get(line)
        return found[0] if found else None

    def last(self, line: int) -> Evaluated | None:
        """The last one."""
        found = self._of.get(line)
        return found[-1] if found else None
