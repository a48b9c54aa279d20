"""Values over time, asked for by the moment."""

from __future__ import annotations

from bisect import bisect_right
from typing import Generic, TypeVar

T = TypeVar("T")


class History(Generic[T]):
    """Values in order of the step at which they came to be."""

    __slots__ = ("seqs", "values")

    def __init__(self) -> None:
        self.seqs: list[int] = []
        self.values: list[T] = []

    def add(self, seq: int, value: T) -> T:
        """From step `seq` on it is `value`; returns the value that is kept, the last where both are equal."""
        if self.values and (last := self.values[-1]) == value:
            return last
        self.seqs.append(seq)
        self.values.append(value)
        return value

    def at(self, seq: int) -> T | None:
        """The value as of step `seq`, that step included; None before the first."""
        index = bisect_right(self.seqs, seq)
        return self.values[index - 1] if index else None

    def changed_in(self, first: int, last: int) -> bool:
        """Whether a value came to be from step `first` to step `last`."""
        index = bisect_right(self.seqs, last)
        return index > 0 and self.seqs[index - 1] >= first
