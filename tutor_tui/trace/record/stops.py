"""Where a viewer can stand: at a step, and what belongs to it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from tutor_tui.protocol.messages import (
    Accumulate,
    Activation,
    AnyStep,
    Bind,
    Evaluated,
    Layer,
    Line,
    Module,
    Node,
    Note,
    Op,
    Optimizer,
    Update,
    Workers,
)


class Stop(NamedTuple):
    """A place where a viewer can stand: a step, and what belongs to it up to `last`."""

    first: int
    last: int


class Stops:
    """The stops of a list of steps that grows."""

    def __init__(self, steps: Sequence[AnyStep]) -> None:
        self._steps = steps
        self._firsts: list[int] = []

    def __len__(self) -> int:
        return len(self._firsts)

    def before(self, step: AnyStep) -> None:
        """A step is about to be added: note where it is a stop of its own."""
        if self._begins(step):
            self._firsts.append(step.seq)

    def first(self, index: int) -> int:
        """The step that a stop is about, as its `seq`."""
        return self._firsts[index]

    def at(self, index: int) -> Stop:
        """The stop of that number, from 0."""
        following = index + 1
        last = self._firsts[following] - 1 if following < len(self._firsts) else len(self._steps) - 1
        return Stop(self._firsts[index], last)

    def of(self, seq: int) -> int:
        """The number of the stop that a step belongs to."""
        return max(0, bisect_right(self._firsts, seq) - 1)

    def moment(self, index: int) -> int:
        """The last step that has happened when a viewer stands at a stop.

        A line is about to run: what it binds is still to come.
        """
        stop = self.at(index)
        return stop.first if isinstance(self._steps[stop.first], Line) else stop.last

    def _begins(self, step: AnyStep) -> bool:
        """Whether a viewer halts at this step: not at one that only completes the one before it."""
        if not self._steps:
            return True
        before = self._steps[-1]
        match step:
            case Node() | Bind() | Evaluated() | Layer() | Activation() | Module() | Optimizer() | Workers():
                return False
            case Update(by="in-place"):
                return False
            case Update():
                return not (isinstance(before, Update) and before.by == step.by)
            case Op(node=None):
                return not self._continues(step)
            case Accumulate(incoming=None):
                return not isinstance(before, (Op, Node, Update, Bind, Note)) and not (
                    isinstance(before, Accumulate) and before.incoming is None
                )
        return True

    def _continues(self, op: Op) -> bool:
        """Whether an operation is one more of a library call's many that leave nothing in the graph.

        A DataLoader indexes every sample: a person wants to stand at the call once, not 200 times.
        """
        first = self._steps[self._firsts[-1]]
        return isinstance(first, Op) and first.node is None and op.span is not None and first.span == op.span
