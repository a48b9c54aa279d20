"""Wires between boxes: where they turn, and which characters that takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

from tutor_tui.ui.panes.picture.placing import Placing

UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8
LIGHT = {3: "│", 12: "─", 10: "┌", 6: "┐", 9: "└", 5: "┘", 11: "├", 7: "┤", 14: "┬", 13: "┴", 15: "┼"}
HEAVY = {3: "┃", 12: "━", 10: "┏", 6: "┓", 9: "┗", 5: "┛", 11: "┣", 7: "┫", 14: "┳", 13: "┻", 15: "╋"}
ENDS = 2
"""Cells between two layers that hold the heads of arrows: one for what flows forward, one for what flows back."""


class Run(NamedTuple):
    """A piece of a wire between two layers that stand side by side."""

    source: int
    """The node whose value flows through it."""
    target: int
    start: int
    """The row in which it leaves the layer on the left."""
    end: int
    """The row in which it comes to the layer on the right."""


class Channel:
    """The cells between two layers: columns in which wires turn, and between them room for the parts of a gradient.

    Wires of a value that is used more than once turn first, then come the parts, then the other wires turn.
    """

    def __init__(self, runs: Iterable[Run], forked: frozenset[int], label: int) -> None:
        self.runs = list(runs)
        turning = {run.source: run.start for run in self.runs if run.start != run.end}
        first = self._order(source for source in turning if source in forked)
        last = self._order(source for source in turning if source not in forked)
        self._turns = {source: 1 + n for n, source in enumerate(first)}
        self.label_at = 1 + len(first)
        self.label = label
        after = self.label_at + label
        self._turns |= {source: after + n for n, source in enumerate(last)}
        self.width = max(after + len(last) + 1, ENDS + 1)

    def _order(self, sources: Iterable[int]) -> list[int]:
        """Whose wires turn first, so that few cross: of those that go down, the lowest."""

        def key(source: int) -> tuple[bool, int]:
            run = next(run for run in self.runs if run.source == source and run.start != run.end)
            return (run.end < run.start, run.start if run.end < run.start else -run.start)

        return sorted(sources, key=key)

    def cells(self, run: Run) -> Iterable[tuple[int, int, int]]:
        """Column, row and directions of each cell of a run; columns are counted from the channel's first."""
        turn = self._turns.get(run.source, 0)
        if run.start == run.end:
            yield from ((column, run.start, LEFT | RIGHT) for column in range(self.width))
            return
        yield from ((column, run.start, LEFT | RIGHT) for column in range(turn))
        down = run.end > run.start
        yield turn, run.start, LEFT | (DOWN if down else UP)
        low, high = sorted((run.start, run.end))
        yield from ((turn, row, UP | DOWN) for row in range(low + 1, high))
        yield turn, run.end, RIGHT | (UP if down else DOWN)
        yield from ((column, run.end, LEFT | RIGHT) for column in range(turn + 1, self.width))


def runs(placing: Placing) -> dict[int, list[Run]]:
    """The pieces of all wires, by the layer they leave."""
    found: defaultdict[int, list[Run]] = defaultdict(list)
    for (source, target), stops in placing.wires.items():
        for here, there in pairwise(stops):
            found[here.layer].append(Run(source, target, here.row, there.row))
    return found


class Cell:
    """What wires do in one cell: by the value that flows, the directions it takes."""

    def __init__(self) -> None:
        self._ways: dict[int, int] = {}
        self.lit = False

    def add(self, source: int, ways: int, lit: bool) -> None:
        """Another piece of a wire."""
        self._ways[source] = self._ways.get(source, 0) | ways
        self.lit = self.lit or lit

    def character(self) -> str:
        """Wires that meet are joined; of those that only cross, the one that goes across is drawn through."""
        chars = HEAVY if self.lit else LIGHT
        met = 0
        for ways in sorted(self._ways.values(), reverse=True):
            if not met or met & ways:
                met |= ways
        return chars[met]


def forked(wires: Mapping[tuple[int, int], object]) -> frozenset[int]:
    """The nodes whose value is used by more than one other."""
    sources = [source for source, _ in wires]
    return frozenset(source for source in sources if sources.count(source) > 1)
