"""Curves over the passes, reduced to what a plot can show."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tutor_tui.text.numbers import format_number
from tutor_tui.trace.record.curves import Curve
from tutor_tui.ui.panes.band import Canvas
from tutor_tui.ui.panes.ticks import logarithmic, ticks
from tutor_tui.ui.panes.ticks import names as tick_names

Point = tuple[float, float]
Ticks = tuple[list[float], list[str]]
"""Places on an axis, and what stands there."""


@dataclass
class Window:
    """What part of the curves is looked at, and how. `low` and `high` are passes; None stands for all."""

    log_y: bool = False
    log_x: bool = False
    smooth: bool = False
    rates: bool = False
    low: float | None = None
    high: float | None = None
    cursor: int | None = None

    def range(self, curves: Sequence[Curve]) -> tuple[float, float]:
        """The first and the last pass in sight."""
        first = min((float(c.xs[0]) for c in curves if len(c)), default=0.0)
        last = max((float(c.xs[-1]) for c in curves if len(c)), default=1.0)
        low = first if self.low is None else max(first, self.low)
        return low, max(low + 1, last if self.high is None else min(last, self.high))

    def zoom(self, factor: float, curves: Sequence[Curve]) -> None:
        """See less (below 1) or more, around the cursor or the newest."""
        low, high = self.range(curves)
        middle = min(max(low, self.cursor if self.cursor is not None else high), high)
        share = (middle - low) / (high - low)
        width = max(4.0, (high - low) * factor)
        whole = Window().range(curves)
        if width >= whole[1] - whole[0]:
            self.low = self.high = None
            return
        self.low = max(whole[0], min(middle - share * width, whole[1] - width))
        self.high = None if self.low + width >= whole[1] and self.cursor is None else self.low + width

    def pan(self, share: float, curves: Sequence[Curve]) -> None:
        """Move by a share of what is in sight."""
        low, high = self.range(curves)
        first, last = Window().range(curves)
        by = max(first - low, min(share * (high - low), last - high))
        self.low, self.high = low + by, high + by

    def move(self, by: int, columns: int, curves: Sequence[Curve]) -> None:
        """Move the cursor by some columns, to a pass that has a value."""
        low, high = self.range(curves)
        if self.cursor is None:
            self.cursor = round(high)
        step = max(1.0, (high - low) / max(1, columns))
        if self.log_x:
            step = max(1.0, self.cursor * (math.log(high / max(1.0, low)) / max(1, columns)))
        wanted = min(max(low, self.cursor + by * step), high)
        near = [found[0] for c in curves if (found := c.at(wanted)) is not None]
        self.cursor = min(near, key=lambda x: abs(x - wanted), default=None)


class Layout(NamedTuple):
    """What a plot shows, and what its axes say."""

    canvas: Canvas
    heights: Ticks
    passes: Ticks


class Picture:
    """What a plot of one curve shows: extremes of each column, a smoothed line, what is not finite.

    With a logarithmic axis every height is a power of ten, and what has none (zero and below) is left out, and said.
    """

    def __init__(self, curve: Curve, window: Window, columns: int, within: Sequence[Curve] = ()) -> None:
        self.name = curve.name
        self.curve = curve
        self._window, self._columns = window, max(1, columns)
        low, high = window.range(within or (curve,))
        start, end = curve.span(low, high)
        few = end - start <= self._columns
        shown = list(curve.points(start, end)) if few else []
        if curve.quantity == "rate" and few:
            shown = self._stairs(shown, low, high)
        self.points = [p for p in (self._place(*point) for point in shown) if p is not None]
        """Every point, where there are few."""
        self.extents = [] if few else list(self._extents(_edges(low, high, self._columns, window.log_x)))
        """Where there are more: the place of each column, the lowest and the highest in it."""
        self.smooth = self._smoothed(start, end) if window.smooth else []
        first, last = bisect_right(curve.bad, low - 1), bisect_right(curve.bad, high)
        self.bad_count = last - first
        kept = _thinned(curve.bad[first:last], 2 * self._columns)
        self.bad = [math.log10(x) if window.log_x else float(x) for x in kept if x > 0 or not window.log_x]
        self.left_out = self._not_positive(start, end, few, len(shown)) if window.log_y else ""

    def _stairs(self, changes: Sequence[Point], low: float, high: float) -> list[Point]:
        """A rate holds until it changes, and the last one until now."""
        before = self.curve.value_at(low)
        found = [(low, before)] if before is not None else []
        for x, y in changes:
            found += [(x, found[-1][1]), (x, y)] if found else [(x, y)]
        return [*found, (high, found[-1][1])] if found else []

    def at(self, x: float) -> Point | None:
        """Where the value at a pass is drawn; None where there is none."""
        found = self.curve.at(x)
        return self._place(float(found[0]), found[1]) if found is not None and found[0] == x else None

    def heights(self) -> Iterator[float]:
        """Every height that is drawn."""
        yield from (y for _, y in (*self.points, *self.smooth))
        yield from (y for _, low, high in self.extents for y in (low, high))

    def remark(self) -> str:
        """What a reader of the plot must know."""
        said = [" log"] if self._window.log_y else []
        said += [f" {self.bad_count:,} not finite (x)"] if self.bad_count else []
        said += [f" {self.left_out} at or below 0 left out"] if self.left_out else []
        return ",".join(said)

    def _place(self, x: float, y: float) -> Point | None:
        window = self._window
        if not math.isfinite(y) or (window.log_y and y <= 0) or (window.log_x and x <= 0):
            return None
        return math.log10(x) if window.log_x else x, math.log10(y) if window.log_y else y

    def _extents(self, edges: Sequence[float]) -> Iterator[tuple[float, float, float]]:
        columns = self.curve.columns(edges, self._window.log_y)
        for number, column in enumerate(columns):
            x = (column.first + column.last) / 2
            if number in (0, len(columns) - 1):  # a curve begins and ends where its points do
                x = column.last if number else column.first
            low, high = self._place(x, column.low), self._place(x, column.high)
            if low is not None and high is not None:
                yield (*low, high[1])

    def _smoothed(self, start: int, end: int) -> list[Point]:
        smooth, xs = self.curve.smoothed(), self.curve.xs
        by = max(1, (end - start) // self._columns)
        chosen = [*range(start, end, by), *([end - 1] if end > start else [])]
        placed = (self._place(float(xs[i]), smooth[i]) for i in chosen)
        return [p for p in placed if p is not None]

    def _not_positive(self, start: int, end: int, few: bool, shown: int) -> str:
        if few:
            count = shown - len(self.points)
            return str(count) if count else ""
        low, _ = self.curve.extremes(start, end)
        return "some" if low <= 0 else ""


def lay_out(
    pictures: Sequence[Picture], window: Window, width: int, height: int, within: Sequence[Curve] = ()
) -> Layout | None:
    """The axes for some pictures in a plot of `width` × `height` cells; None where there is nothing to draw.

    The passes shown are those of the curves `within`, or of the pictures' own.
    """
    heights = [y for picture in pictures for y in picture.heights()]
    if not heights and not any(picture.bad for picture in pictures):
        return None
    bottom, top = _apart(min(heights, default=0.0), max(heights, default=0.0))
    rows = max(2, height - 3)
    marks, names = _heights(bottom, top, rows, window.log_y) if heights else ([], [])
    left, right = window.range(within or [picture.curve for picture in pictures])
    passes = _pass_ticks(max(1.0, left), max(2.0, right)) if window.log_x else _even_ticks(left, right)
    if window.log_x:
        left, right = math.log10(max(1.0, left)), math.log10(max(2.0, right))
    beside = max(map(len, names), default=0) + 2  # the names, and a line on each side
    canvas = Canvas(left, right, bottom, top, max(2, width - beside), rows)
    return Layout(canvas, (marks, names), passes)


def _heights(bottom: float, top: float, rows: int, log: bool) -> Ticks:
    """The heights to name: round numbers."""
    most = 6 if rows >= 9 else 4 if rows >= 4 else 2
    values = logarithmic(bottom, top, most) if log else ticks(bottom, top, most)
    return [math.log10(value) if log else value for value in values], tick_names(values)


def _apart(low: float, high: float) -> tuple[float, float]:
    """Room above and below what is all at one height."""
    if low != high:
        return low, high
    return low - (abs(low) / 2 or 1.0), high + (abs(high) / 2 or 1.0)


def _pass_ticks(low: float, high: float) -> Ticks:
    """Places and names on a logarithmic axis of passes."""
    powers = [10.0**n for n in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)]
    named = powers if len(powers) >= 2 else [low, high]
    return [math.log10(x) for x in named], [format_number(float(round(x)), 3) for x in named]


def _even_ticks(low: float, high: float) -> Ticks:
    """Round passes, and the first one."""
    found = [x for x in ticks(low, high, 6) if x == round(x)]
    apart = (high - low) / 12  # else the first would stand on the next one's name
    places = sorted({float(round(low)), *(x for x in found if x - low > apart)}) if found else [low, high]
    return places, [f"{x:,.0f}" for x in places]


def _edges(low: float, high: float, columns: int, log: bool) -> list[float]:
    if log:
        first, last = math.log10(max(1.0, low)), math.log10(max(2.0, high))
        return [10 ** (first + (last - first) * n / columns) for n in range(columns)] + [max(2.0, high)]
    return [low + (high - low) * n / columns for n in range(columns)] + [high]


def _thinned(numbers: Sequence[int], most: int) -> list[int]:
    by = max(1, len(numbers) // most)
    return list(numbers[::by])
