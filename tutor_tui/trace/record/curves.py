"""What was measured over the passes: millions of points, of which any part is drawn at the same cost."""

from __future__ import annotations

import itertools
import math
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from tutor_tui.protocol.messages import Group, Measured, Points, Series

BLOCK = 64
"""Points of which the lowest and the highest are found once, when the last of them comes."""
MOST = 1_500_000
"""Points that a curve holds. Past it the older half is thinned: of every eight the two extremes stay."""
WEIGHT = 0.9
"""How much of the smoothed value stays from one point to the next."""


class Column(NamedTuple):
    """What lies over one column of a plot: the first and the last x, the lowest and the highest finite value."""

    first: int
    last: int
    low: float
    high: float


class Curve:
    """Points in order of x, and the extremes of each block of them."""

    def __init__(self, name: str, quantity: str = "loss") -> None:
        self.name = name
        self.quantity = quantity
        self.xs = array("q")
        self.ys = array("d")
        self.bad = array("q")
        """The x of every value that was not finite."""
        self._lows, self._highs, self._positives = array("d"), array("d"), array("d")
        self._smooth = array("d")
        self._mean = self._norm = 0.0

    def __len__(self) -> int:
        return len(self.xs)

    def add(self, x: int, y: float) -> None:
        """One more point."""
        self.extend((x,), (y,))

    def extend(self, xs: Iterable[int], ys: Iterable[float]) -> None:
        """More points, none of them before the last."""
        begin = len(self.ys)
        self.xs.extend(xs)
        self.ys.extend(ys)
        new = self.ys[begin:]
        if not math.isfinite(sum(new)):
            self.bad.extend(x for x, y in zip(self.xs[begin:], new, strict=True) if not math.isfinite(y))
        self._close_blocks()
        if len(self.xs) > MOST:
            self._thin()

    def from_first_pass(self) -> Curve:
        """The same values over passes that are counted from the first of them, as 1."""
        moved = Curve(self.name, self.quantity)
        first = self.xs[0] - 1 if self.xs else 0
        moved.extend((x - first for x in self.xs), self.ys)
        return moved

    def _close_blocks(self) -> None:
        for start in range(len(self._lows) * BLOCK, len(self.ys) - BLOCK + 1, BLOCK):
            values: Sequence[float] = self._finite(start, start + BLOCK)
            low = min(values, default=math.inf)
            self._lows.append(low)
            self._highs.append(max(values, default=-math.inf))
            self._positives.append(low if low > 0 else min((v for v in values if v > 0), default=math.inf))

    def _finite(self, start: int, end: int) -> Sequence[float]:
        values = self.ys[start:end]
        return values if not self.bad else [v for v in values if math.isfinite(v)]

    def _thin(self) -> None:
        half = len(self.xs) // 2
        kept: list[int] = []
        for start in range(0, half, 8):
            span = [i for i in range(start, min(start + 8, half)) if math.isfinite(self.ys[i])]
            if span:
                kept += sorted({min(span, key=self.ys.__getitem__), max(span, key=self.ys.__getitem__)})
        self.xs = array("q", [self.xs[i] for i in kept]) + self.xs[half:]
        self.ys = array("d", [self.ys[i] for i in kept]) + self.ys[half:]
        for closed in (self._lows, self._highs, self._positives, self._smooth):
            del closed[:]
        self._mean = self._norm = 0.0
        self._close_blocks()

    def span(self, low: float, high: float) -> tuple[int, int]:
        """The indices of the points with `low` <= x <= `high`, the end exclusive."""
        return bisect_left(self.xs, low), bisect_right(self.xs, high)

    def columns(self, edges: Sequence[float], positive: bool = False) -> list[Column]:
        """What lies from each edge to the next, the last one included; empty columns are left out.

        With `positive` only values above 0 count.
        """
        found: list[Column] = []
        ends = [bisect_left(self.xs, edge) for edge in edges[:-1]] + [bisect_right(self.xs, edges[-1])]
        for start, end in itertools.pairwise(ends):
            if start < end:
                low, high = self.extremes(start, end, positive)
                if low <= high:
                    found.append(Column(self.xs[start], self.xs[end - 1], low, high))
        return found

    def extremes(self, start: int, end: int, positive: bool = False) -> tuple[float, float]:
        """The lowest and the highest finite value of the points from index `start` to `end`, exclusive.

        Where there is none the lowest is above the highest.
        """
        first, last = -(-start // BLOCK), min(end // BLOCK, len(self._lows))
        if first >= last:
            values = self._finite(start, end)
            values = [v for v in values if v > 0] if positive else values
            return min(values, default=math.inf), max(values, default=-math.inf)
        blocks = self._positives if positive else self._lows
        edge = [*self._finite(start, first * BLOCK), *self._finite(last * BLOCK, end)]
        edge = [v for v in edge if v > 0] if positive else edge
        low = min(min(blocks[first:last]), min(edge, default=math.inf))
        high = max(max(self._highs[first:last]), max(edge, default=-math.inf))
        return low, (high if not positive or high > 0 else -math.inf)

    def points(self, start: int, end: int) -> Iterator[tuple[float, float]]:
        """The finite points of some indices."""
        for x, y in zip(self.xs[start:end], self.ys[start:end], strict=True):
            if math.isfinite(y):
                yield float(x), y

    def at(self, x: float) -> tuple[int, float] | None:
        """The point nearest to x; None where there is none."""
        if not self.xs:
            return None
        after = min(bisect_left(self.xs, x), len(self.xs) - 1)
        before = max(0, after - 1)
        nearest = after if self.xs[after] - x <= x - self.xs[before] else before
        return self.xs[nearest], self.ys[nearest]

    def value_at(self, x: float) -> float | None:
        """The value that holds at x: that of the last point up to it."""
        index = bisect_right(self.xs, x) - 1
        return self.ys[index] if index >= 0 else None

    def smoothed(self) -> array[float]:
        """An exponential moving average, corrected for its start (as Adam corrects its moments)."""
        mean, norm, smooth = self._mean, self._norm, self._smooth
        for y in self.ys[len(smooth) :]:
            if math.isfinite(y):
                mean, norm = WEIGHT * mean + (1 - WEIGHT) * y, WEIGHT * norm + (1 - WEIGHT)
            smooth.append(mean / norm if norm else y)
        self._mean, self._norm = mean, norm
        return smooth


class Curves:
    """Every series of a run, by its number, and what else is measured."""

    def __init__(self) -> None:
        self.by_id: dict[int, Curve] = {}
        self.measured = False
        """Whether the kernel itself sends the points; if not, recorded losses make them."""
        self.groups: dict[int, Group] = {}
        self.passes = 0
        self.seconds = 0.0
        self._marks: list[tuple[float, int]] = []

    def first_bad_pass(self) -> int | None:
        """The first pass whose loss is NaN or infinite."""
        return min((int(curve.bad[0]) for curve in self.of("loss") if len(curve.bad)), default=None)

    def of(self, quantity: str) -> list[Curve]:
        """The curves of one quantity."""
        return [curve for curve in self.by_id.values() if curve.quantity == quantity]

    def begin(self, series: Series) -> None:
        """Another series, or another name for one."""
        self.measured = True
        self.by_id.setdefault(series.id, Curve(series.name, series.quantity)).name = series.name

    def take(self, measured: Measured) -> None:
        """More points. Those of a series that nobody has announced, or cut off, are dropped."""
        self.measured = True
        self.passes = max(self.passes, measured.passes)
        self.seconds = measured.seconds
        self._marks = [*self._marks[-39:], (measured.seconds, measured.passes)]
        for group in measured.groups:
            self.groups[group.number] = group
        for points in measured.points:
            curve = self.by_id.get(points.series)
            if curve is not None and len(points.passes) == len(points.values) and not len(points.values) % 8:
                curve.extend(_numbers("q", points.passes), _numbers("d", points.values))

    def lost(self, iteration: int, name: str, value: float) -> None:
        """A recorded loss."""
        if self.measured:
            return
        curve = next((c for c in self.by_id.values() if c.name == name), None)
        if curve is None:
            curve = self.by_id[len(self.by_id) + 1] = Curve(name)
        curve.add(iteration, value)

    def rate(self) -> float | None:
        """Passes a second of late; None where that cannot be told."""
        recent = [m for m in self._marks if m[0] > self.seconds - 3]
        if len(recent) < 2:
            recent = self._marks[-2:]
        if len(recent) < 2 or recent[-1][0] <= recent[0][0]:
            return None
        return (recent[-1][1] - recent[0][1]) / (recent[-1][0] - recent[0][0])

    def messages(self, most: int = 50_000) -> Iterator[Series | Measured]:
        """All of it as messages again, for a screen that comes later; `most` points in each."""
        for number, curve in self.by_id.items():
            yield Series(id=number, name=curve.name, quantity=curve.quantity)
            for start in range(0, len(curve), most):
                xs, ys = curve.xs[start : start + most], curve.ys[start : start + most]
                points = [Points(number, _little(xs).tobytes(), _little(ys).tobytes())]
                yield Measured(passes=self.passes, seconds=self.seconds, points=points)
        yield Measured(passes=self.passes, seconds=self.seconds, groups=list(self.groups.values()))


def _numbers(kind: str, data: bytes) -> Any:
    found: Any = array(kind)
    found.frombytes(data)
    return _little(found)


def _little(numbers: Any) -> Any:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
