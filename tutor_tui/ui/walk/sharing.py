"""How panes that stand one above the other share their rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

LEVELS = (0, 2, 3, 4, 5, 7, 9, 12, 16, 21, 28, 37)
"""Rows that a pane asks for beyond what it needs now: it may grow a little without moving the others."""


class Want(NamedTuple):
    """Rows that a pane asks for, its title included.

    Below `least` it is of no use, with `enough` it shows the essence, with `most` all it has. Those that lack rows
    share by `weight`, and the lightest goes where not all have a place.
    """

    least: int
    enough: int
    most: int
    weight: float = 1


def share(room: int, wants: Sequence[Want]) -> list[int]:
    """Rows for each pane, 0 for one without a place. All of `room` is given away as long as one pane has a place."""
    kept = [n for n, want in enumerate(wants) if want.most]
    while sum(_least(wants[n]) for n in kept) > room and len(kept) > 1:
        kept.remove(min(kept, key=lambda n: wants[n].weight))
    sizes = [_least(want) if n in kept else 0 for n, want in enumerate(wants)]
    for limits in (
        [want.enough for want in wants],
        [want.most for want in wants],
        [_level(want.most) for want in wants],
    ):
        _fill(sizes, room, limits, [wants[n].weight if n in kept else 0 for n in range(len(wants))])
    if kept:  # who stands last may have what nobody needs, or must do with less than the least
        sizes[kept[-1]] += room - sum(sizes)
    return sizes


def settle(room: int, wants: Sequence[Want], before: Sequence[int]) -> list[int]:
    """Rows as before where nobody lacks any: panes that move at every step cannot be read."""
    fits = len(before) == len(wants) and sum(before) == room
    if fits and all(
        size >= want.most and (size > 0) == (want.most > 0) for size, want in zip(before, wants, strict=True)
    ):
        return list(before)
    return share(room, wants)


def _fill(sizes: list[int], room: int, limits: Sequence[int], weights: Sequence[float]) -> None:
    """Give row by row to the one that has the fewest for its weight."""
    for _ in range(room - sum(sizes)):
        hungry = [n for n, weight in enumerate(weights) if weight and sizes[n] < limits[n]]
        if not hungry:
            return
        sizes[min(hungry, key=lambda n: sizes[n] / weights[n])] += 1


def _least(want: Want) -> int:
    return min(want.least, want.most)


def _level(rows: int) -> int:
    return next((level for level in LEVELS if level >= rows), rows)
