"""What a row on the screen is made of."""

from __future__ import annotations

from collections.abc import Iterable

Piece = tuple[str, str]
"""A text and its role: "", "dim", "now", "forward", "backward", "value", "gradient", "changed", "error"."""

Row = tuple[Piece, ...]

ROLES = ("dim", "now", "forward", "backward", "value", "gradient", "changed", "error", "title")


def plain(row: Row) -> str:
    """A row without its roles."""
    return "".join(text for text, _ in row)


def row(*pieces: Piece | str) -> Row:
    """A row of pieces; bare text has no role."""
    return tuple((p, "") if isinstance(p, str) else p for p in pieces)


def mark(text: str, start: int, end: int, role: str, rest: str = "") -> Iterable[Piece]:
    """A text with the characters from `start` to `end` in a role of their own."""
    if start > 0:
        yield text[:start], rest
    yield text[start:end], role
    if end < len(text):
        yield text[end:], rest
