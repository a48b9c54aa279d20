"""Things that are told in several lengths, as there is room for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tutor_tui.ui.panes.rows import Piece, Row

GAP = "  "
"""Between two of them."""


class Said(NamedTuple):
    """One thing in several lengths, the longest first, and the role it is drawn in. A length of 0 leaves it out."""

    lengths: tuple[str, ...]
    role: str

    @property
    def text(self) -> str:
        """The longest that is left."""
        return self.lengths[0]

    @property
    def piece(self) -> Piece:
        """As it is drawn."""
        return self.text, self.role

    def shorter(self) -> Said:
        """The next length; the same if this is the last one."""
        return self._replace(lengths=self.lengths[1:] or self.lengths)


def size(said: Sequence[Said]) -> int:
    """Cells of all of them side by side, each with a gap before it."""
    return sum(len(s.text) + len(GAP) for s in said if s.text)


def shortened(said: Sequence[Said], room: int, first: int = 1) -> list[Said]:
    """Each as long as all fit into `room` cells: the last gives way first, of the `first` ones the longest."""
    left = list(said)
    for n in range(len(left) - 1, first - 1, -1):
        while size(left) > room and len(left[n].lengths) > 1:
            left[n] = left[n].shorter()
    while size(left) > room:
        able = [n for n in range(min(first, len(left))) if len(left[n].lengths) > 1]
        if not able:
            break
        longest = max(able, key=lambda n: len(left[n].text))
        left[longest] = left[longest].shorter()
    return left


def least(said: Sequence[Said]) -> int:
    """Cells of all of them at their shortest."""
    return size([s._replace(lengths=s.lengths[-1:]) for s in said])


def side_by_side(said: Sequence[Said]) -> Row:
    """As pieces of a row, each with a gap before it."""
    return tuple(piece for s in said if s.text for piece in ((GAP, ""), s.piece))


def chosen(lengths: tuple[str, ...], limit: int) -> str:
    """The longest of at most `limit` characters; the shortest, where all are longer."""
    return next((text for text in lengths if len(text) <= limit), lengths[-1])
