"""A curve with more points than columns, as cells filled from the lowest to the highest value of each column."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

DOTS = (0xC0, 0x24, 0x12, 0x09)
"""The two dots of each row of a braille character, from the bottom up, as bits of its code point."""
FINE = len(DOTS)
FILLED = {
    (low, high): chr(0x2800 + sum(DOTS[low : high + 1])) for low in range(FINE) for high in range(low, FINE)
}
"""The character with all dots from one row to another."""

Cell = tuple[float, float, str]
"""Where a character stands, in units of the axes, and the character."""


class Canvas(NamedTuple):
    """What a plot shows: the values at the centres of its outermost cells, and how many cells there are."""

    left: float
    right: float
    bottom: float
    top: float
    columns: int
    rows: int

    def column(self, x: float) -> int:
        """The column in which a plot puts x."""
        place = 0.5 + (self.columns - 1) * (x - self.left) / (self.right - self.left)
        return math.floor(round(place, 8))  # as plotext does it

    def height(self, y: float) -> int:
        """The row of dots in which y lies, from the lowest up."""
        place = 0.5 + (self.rows - 1) * (y - self.bottom) / (self.top - self.bottom)
        return math.floor(FINE * place)

    def centre(self, column: int, row: int) -> tuple[float, float]:
        """The values at the middle of a cell."""
        across, up = column / max(1, self.columns - 1), row / max(1, self.rows - 1)
        return self.left + (self.right - self.left) * across, self.bottom + (self.top - self.bottom) * up


class _Span(NamedTuple):
    column: int
    low: int
    high: int


def cells(extents: Sequence[tuple[float, float, float]], canvas: Canvas, marker: str = "") -> Iterator[Cell]:
    """The cells of a band, given x, lowest and highest of narrow strips, in order of x.

    What lies far from its neighbour is joined to it, as a line would do. `marker` is drawn instead of dots.
    """
    heights = [canvas.centre(0, row)[1] for row in range(canvas.rows)]
    for column, low, high in _joined(list(_merged(extents, canvas))):
        x, _ = canvas.centre(column, 0)
        bottom, top = low // FINE, high // FINE
        for row in range(max(0, bottom), min(top, canvas.rows - 1) + 1):
            filled = low % FINE if row == bottom else 0, high % FINE if row == top else FINE - 1
            yield x, heights[row], marker or FILLED[filled]


def _merged(extents: Sequence[tuple[float, float, float]], canvas: Canvas) -> Iterator[_Span]:
    """From the lowest to the highest of all strips of a column."""
    for column, strips in itertools.groupby(extents, key=lambda strip: canvas.column(strip[0])):
        _, lows, highs = zip(*strips, strict=True)
        yield _Span(column, canvas.height(min(lows)), canvas.height(max(highs)))


def _joined(spans: Sequence[_Span]) -> Iterator[_Span]:
    """The spans, those of columns without a value in between, and no gap between two neighbours."""
    whole = [s for pair in itertools.pairwise(spans) for s in _bridge(*pair)] + list(spans[-1:])
    lows, highs = [s.low for s in whole], [s.high for s in whole]
    for here in range(1, len(whole)):
        before = here - 1
        if lows[here] > whole[before].high + 1:
            middle = (lows[here] + whole[before].high) // 2
            highs[before], lows[here] = max(highs[before], middle), middle + 1
        elif whole[here].high + 1 < whole[before].low:
            middle = (whole[here].high + whole[before].low) // 2
            lows[before], highs[here] = min(lows[before], middle + 1), middle
    return (_Span(s.column, low, high) for s, low, high in zip(whole, lows, highs, strict=True))


def _bridge(first: _Span, last: _Span) -> Iterator[_Span]:
    """A span, and a straight way from its middle to the middle of the one after it."""
    yield first
    begin, end = (first.low + first.high) / 2, (last.low + last.high) / 2
    for column in range(first.column + 1, last.column):
        share = (column - first.column) / (last.column - first.column)
        height = round(begin + (end - begin) * share)
        yield _Span(column, height, height)
