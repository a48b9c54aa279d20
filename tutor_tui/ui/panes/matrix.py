"""Numbers as tables, shades and bars."""

from __future__ import annotations

import math
from itertools import zip_longest
from typing import Any

from tutor_tui.lessons.model import Labels
from tutor_tui.text.numbers import flatten, format_number, shape_text
from tutor_tui.ui.panes.rows import HEAT_COLOURS, Row, row

NO_LABELS = Labels(frozenset(), (), ())
SHADES = " ░▒▓█"
HEAT = len(HEAT_COLOURS)
BARS = 10


def matrix_rows(values: Any, width: int, limit: int = 64, names: Labels = NO_LABELS) -> list[Row]:
    """A number, vector or matrix with the indices of its rows and columns; what is left out is said.

    `names` may have others for the rows and the columns: they are used where there is one for each.
    """
    table = as_table(values)
    if not table or not table[0]:
        return [row(("no numbers", "dim"))]
    texts = [[format_number(v) for v in line] for line in table[:limit]]
    beside = names.rows if len(names.rows) == len(table) else tuple(map(str, range(len(texts))))
    above = names.columns if len(names.columns) == len(table[0]) else tuple(map(str, range(len(table[0]))))
    gutter = max(map(len, beside)) + 2
    cell = max(len(t) for line in texts for t in line) + 2
    if above is names.columns and (width - gutter) // max(cell, max(map(len, above)) + 2) >= len(above):
        cell = max(cell, max(map(len, above)) + 2)
    elif above is names.columns:  # there is no room for them
        above = tuple(map(str, range(len(table[0]))))
    columns = max(1, min((width - gutter) // cell, len(texts[0])))
    head = "".join(f"{name:>{cell}}" for name in above[:columns])
    rows = [row((" " * gutter + head, "dim"))]
    for name, line in zip(beside, texts, strict=False):
        rows.append(
            row((f"{name:>{gutter - 1}} ", "dim"), ("".join(f"{t:>{cell}}" for t in line[:columns]), "value"))
        )
    left = []
    if len(table) > limit:
        left.append(f"{len(table) - limit} more rows")
    if len(table[0]) > columns:
        left.append(f"{len(table[0]) - columns} more columns")
    if left:
        rows.append(row((f"… {' and '.join(left)}", "dim")))
    return rows


def as_table(values: Any) -> list[list[Any]]:
    """A number or a vector as a table of one row."""
    if not isinstance(values, list):
        return [[values]]
    if not values or not isinstance(values[0], list):
        return [values]
    return values


def heat_rows(values: Any, width: int, height: int, colours: bool = False) -> list[Row]:
    """A shade a number, two cells wide, and what the shades mean.

    With colours two numbers share a cell's height, as half-blocks. Of a larger table the part that fits is
    shown, and it is said.
    """
    whole = as_table(values)
    table = [line[: max(1, width // 2)] for line in whole[: height * (1 + colours)]]
    numbers = [v for v in flatten(table) if _is_finite(v)]
    if not numbers:
        words = any(isinstance(v, str) for v in flatten(table))
        return [row(("cannot shade complex numbers" if words else "no finite numbers", "dim"))]
    low, high = min(numbers), max(numbers)
    rows = _half_blocks(table, low, high) if colours else _shaded(table, low, high)
    if _size(table) != _size(whole):
        rows.append(row((f"… {shape_text(_size(table))} of {shape_text(_size(whole))}", "dim")))
    return rows + _legend(low, high, colours)


def _shaded(table: list[list[Any]], low: float, high: float) -> list[Row]:
    return [
        row(("".join("!!" if (n := _level(v, low, high)) is None else SHADES[n] * 2 for v in line), "value"))
        for line in table
    ]


def _half_blocks(table: list[list[Any]], low: float, high: float) -> list[Row]:
    rows = []
    for upper, lower in zip_longest(table[::2], table[1::2]):
        pairs = zip(upper, lower or [None] * len(upper), strict=False)
        rows.append(tuple(_half_block(a, b, low, high) for a, b in pairs))
    return rows


def _half_block(upper: Any, lower: Any, low: float, high: float) -> tuple[str, str]:
    """Two numbers, one above the other; `!` where one of them is not finite."""
    top, bottom = _level(upper, low, high, HEAT), _level(lower, low, high, HEAT)
    if lower is None and top is not None:
        return "▀▀", f"heat {top}"
    if top is None or bottom is None:
        return "!!", "error"
    return "▀▀", f"heat {top} {bottom}"


def _legend(low: float, high: float, colours: bool) -> list[Row]:
    """What each shade or colour stands for."""
    count = HEAT if colours else len(SHADES)
    step = (high - low) / count
    rows = []
    for n in range(count if step else 1):
        sample = ("██", f"heat {n}") if colours else (f"[{SHADES[n]}]", "dim")
        start, end = (format_number(low + step * k, 3) for k in (n, n + 1))
        rows.append(row(sample, (f" {start} to {end}", "dim")))
    return [*rows, row(("!! not finite", "dim"))]


def _size(table: list[list[Any]]) -> tuple[int, int]:
    return len(table), len(table[0])


def histogram_rows(values: Any, width: int) -> list[Row]:
    """How many of the numbers lie in each tenth of their range."""
    numbers = [v for v in flatten(values) if _is_finite(v)]
    if not numbers:
        return [row(("no finite real numbers", "dim"))]
    low, high = min(numbers), max(numbers)
    if low == high:
        return [row(f"all {len(numbers)} are {format_number(low)}")]
    counts = [0] * BARS
    for value in numbers:
        counts[min(BARS - 1, int((value - low) / (high - low) * BARS))] += 1
    room = max(5, width - 30)
    rows = []
    for n, count in enumerate(counts):
        start, end = (format_number(low + (high - low) * k / BARS, 3) for k in (n, n + 1))
        bar = "█" * math.ceil(room * count / max(counts)) if count else ""
        rows.append(row((f"{start:>9} to {end:>9} ", "dim"), (bar, "value"), f" {count}"))
    return rows


def _level(value: Any, low: float, high: float, count: int = len(SHADES)) -> int | None:
    """In which of `count` equal parts of the range a number lies; None for one that is not finite."""
    if not _is_finite(value):
        return None
    part = (value - low) / (high - low) if high > low else 0
    return min(count - 1, int(part * count))


def _is_finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)
