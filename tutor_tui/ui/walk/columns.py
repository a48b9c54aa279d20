"""Which panes stand in which column, and how wide the columns are."""

from __future__ import annotations

ONE, THREE = 64, 160
"""Cells of the screen below which all panes stand in one column, and from which there is a third."""
GUTTER = 8
"""Cells that the code takes besides its longest line: number, marks and margins."""


def columns(width: int, lesson: bool) -> list[list[str]]:
    """The names of the panes, column by column from the left, each from the top."""
    if width < ONE:
        return [["code", "notes", "graph", "landscape", "loss", "state", "output"]]
    if width >= THREE:
        return (
            [["code", "output"], ["graph", "landscape", "loss", "state"], ["notes"]]
            if lesson
            else [["code", "output"], ["graph", "landscape", "loss"], ["state"]]
        )
    if lesson:
        return [["code", "notes"], ["graph", "landscape", "loss", "state", "output"]]
    return [["code", "loss", "output"], ["graph", "landscape", "state"]]


def widths(width: int, count: int, longest_line: int, split: int) -> list[int]:
    """Cells for each column: the code takes what its longest line needs, within bounds.

    `split` is the share that the person has chosen for the code, in percent; 50 leaves it to the program.
    """
    if count == 1:
        return [width]
    low, high = (0.3, 0.38) if count == 3 else (0.42, 0.54)
    code = max(low * width, min(longest_line + GUTTER, high * width))
    code = max(0.2 * width, min(code + (split - 50) * width / 100, 0.8 * width))
    first = round(code)
    if count == 2:
        return [first, width - first]
    second = (width - first) // 2
    return [first, second, width - first - second]
