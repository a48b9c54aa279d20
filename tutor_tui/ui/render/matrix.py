"""Numbers as tables, shades and bars."""

from __future__ import annotations

import math
from typing import Any

from tutor_tui.trace.numbers import flatten, format_number
from tutor_tui.ui.render.rows import Row, row

SHADES = " ░▒▓█"
BARS = 10


def matrix_rows(values: Any, width: int, limit: int = 64) -> list[Row]:
    """A number, vector or matrix with the indices of its rows and columns; what is left out is said."""
    table = as_table(values)
    if not table or not table[0]:
        return [row(("no numbers", "dim"))]
    texts = [[format_number(v) for v in line] for line in table[:limit]]
    cell = max(len(t) for line in texts for t in line) + 2
    gutter = len(str(len(texts) - 1)) + 2
    fit = max(1, (width - gutter) // cell)
    columns = min(fit, len(texts[0]))
    head = "".join(f"{n:>{cell}}" for n in range(columns))
    rows = [row((" " * gutter + head, "dim"))]
    for number, line in enumerate(texts):
        rows.append(
            row(
                (f"{number:>{gutter - 1}} ", "dim"),
                ("".join(f"{t:>{cell}}" for t in line[:columns]), "value"),
            )
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


def heat_rows(values: Any, width: int, height: int) -> list[Row]:
    """A shade a number, two cells wide, and what the shades mean; larger tables are cut, and it is said."""
    table = [line[: max(1, width // 2)] for line in as_table(values)[:height]]
    numbers = [v for v in flatten(table) if _is_finite(v)]
    if not numbers:
        words = any(isinstance(v, str) for v in flatten(table))
        return [row(("complex numbers have no shade" if words else "no finite numbers", "dim"))]
    low, high = min(numbers), max(numbers)
    rows = [row(("".join(_shade(v, low, high) * 2 for v in line), "value")) for line in table]
    step = (high - low) / len(SHADES)
    for n, shade in enumerate(SHADES):
        if step or n == 0:
            top = low + step * (n + 1)
            rows.append(
                row((f"[{shade}] {format_number(low + step * n, 3)} to {format_number(top, 3)}", "dim"))
            )
    rows.append(row(("[!] not finite", "dim")))
    return rows


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


def _shade(value: Any, low: float, high: float) -> str:
    if not _is_finite(value):
        return "!"
    part = (value - low) / (high - low) if high > low else 0
    return SHADES[min(len(SHADES) - 1, int(part * len(SHADES)))]


def _is_finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)
