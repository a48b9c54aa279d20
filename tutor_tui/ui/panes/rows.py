"""What a row on the screen is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from rich.cells import cell_len

from tutor_tui.text.fit import MORE, cut_front, fit, kept

Piece = tuple[str, str]
"""A text and its role: "", "dim", "now", "forward", "backward", "value", "gradient", "changed", "error"."""

Row = tuple[Piece, ...]

ROLES = (
    "dim", "now", "forward", "backward", "value", "gradient", "changed", "error", "title",
    "keyword", "string", "number", "comment", "ghost", "marked",
)  # fmt: skip


HEAT_COLOURS = (
    "#160b39",
    "#420a68",
    "#6a176e",
    "#932667",
    "#bc3754",
    "#dd513a",
    "#f37819",
    "#fca50a",
    "#f6d746",
)
"""From low to high, also in lightness alone. The role `heat 3 5` has the fourth before the sixth."""


class LazyRows(Sequence[Row]):
    """Rows of which each is made once, when it is looked at. For what does not change any more."""

    def __init__(self) -> None:
        self._made: dict[int, Row] = {}

    def make(self, index: int) -> Row:
        """The row of that number."""
        raise NotImplementedError

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        made = self._made.get(index)
        if made is None:
            made = self._made[index] = self.make(index)
        return made


def plain(row: Row) -> str:
    """A row without its roles."""
    return "".join(text for text, _ in row)


def row(*pieces: Piece | str) -> Row:
    """A row of pieces; bare text has no role."""
    return tuple((p, "") if isinstance(p, str) else p for p in pieces)


def fit_row(pieces: Row, width: int, more: str = MORE) -> Row:
    """A row of at most `width` cells. One that was longer ends with `more`, and never within a number."""
    text = plain(pieces)
    if cell_len(text) <= width:
        return pieces
    if cell_len(text.rstrip()) <= width:
        return clip(pieces, len(text.rstrip()))
    room = width
    while room > 0 and cell_len(fitted := fit(text, room, more)) > width:  # some characters take two cells
        room -= cell_len(fitted) - width
    fitted = fit(text, max(0, room), more)
    same = len(fitted.removesuffix(more).rstrip())
    return (*clip(pieces, same), (fitted[same:], "dim"))


def in_sight(pieces: Row, width: int, left: int = 0, held: int = 0, more: str = MORE) -> Row:
    """What a pane of `width` cells shows of a row that it has scrolled sideways by `left`."""
    return fit_row(slide(pieces, left, held, more), width, more)


def slide(pieces: Row, count: int, held: int = 0, more: str = MORE) -> Row:
    """A row without its first `count` characters, cut on a boundary and told by `more`; `held` pieces stay in front."""
    if count <= 0:
        return pieces
    front, rest = pieces[:held], pieces[held:]
    text = plain(rest)
    if not text.strip():
        return pieces
    gone = cut_front(text, count + len(more))
    return (*front, (more, "dim"), *from_character(rest, gone))


def from_character(pieces: Row, count: int) -> Row:
    """A row from one of its characters on."""
    found: list[Piece] = []
    for text, role in pieces:
        if count < len(text):
            found.append((text[max(0, count) :], role))
        count -= len(text)
    return tuple(found)


def fold_row(pieces: Row, width: int) -> list[Row]:
    """A row as several of at most `width` cells, as a terminal would go on below, but never within a number."""
    found: list[Row] = []
    while cell_len(text := plain(pieces)) > width > 0:
        at = kept(text, width)
        while at and cell_len(text[:at]) > width:
            at = kept(text, at - 1)
        space = text.rfind(" ", width * 2 // 3, at + 1)
        at = (
            space + 1 if space > 0 else at or max(1, width // 2)
        )  # a number longer than the row, or wide characters
        found.append(clip(pieces, at))
        pieces = from_character(pieces, at)
    return [*found, pieces]


def clip(pieces: Row, count: int) -> Row:
    """The first characters of a row."""
    found: list[Piece] = []
    for text, role in pieces:
        if count <= 0:
            break
        found.append((text[:count], role))
        count -= len(text)
    return tuple(found)


def over(pieces: Row, start: int, end: int, role: str) -> Row:
    """Pieces with the characters from `start` to `end` in another role."""
    found: list[Piece] = []
    at = 0
    for text, own in pieces:
        low, high = max(0, start - at), max(0, min(len(text), end - at))
        if low < high:
            found += [(text[:low], own), (text[low:high], role), (text[high:], own)]
        else:
            found.append((text, own))
        at += len(text)
    return tuple(piece for piece in found if piece[0])
