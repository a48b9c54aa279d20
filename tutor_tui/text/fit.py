"""Text that has to fit: it ends with `…` at a boundary, and never within a number."""

from __future__ import annotations

import re
from itertools import pairwise

_NUMERAL = re.compile(r"[-+−]?(?:\d[\d_.,]*(?:[eE][-+]?\d+)?|\.\d[\d_.,]*(?:[eE][-+]?\d+)?)")
"""A number as it is written anywhere: `-1,234.5`, `1.2e-05`, `.5`."""
MORE = "…"


def _across(text: str, place: int) -> re.Match[str] | None:
    """The number that begins before a place in a text and ends behind it."""
    for numeral in _NUMERAL.finditer(text, max(0, place - 400)):
        if numeral.start() >= place:
            break
        if numeral.end() > place:
            return numeral
    return None


def kept(text: str, limit: int) -> int:
    """How many of at most `limit` characters can be kept without cutting a number; the rest is cut off."""
    if len(text) <= limit:
        return len(text)
    limit = max(0, limit)
    numeral = _across(text, limit)
    return limit if numeral is None else numeral.start()


def cut_front(text: str, count: int) -> int:
    """How many characters at least `count` can be left out at the front without cutting a number."""
    if count <= 0:
        return 0
    numeral = _across(text, count)
    return min(count, len(text)) if numeral is None else numeral.end()


BREAKS = " (,"
"""Characters behind which an expression goes on below."""


def cuts(text: str, first: int, room: int, most: int = 1000) -> list[int]:
    """Before which characters a text goes on below so that its first row has `first` characters, every other `room`.

    Behind a space, a comma or a bracket if there is one, never within a number as long as that fits at all.
    """
    found: list[int] = []
    start, left = 0, first
    while len(text) - start > left and len(found) < most:
        window = text[start : start + max(0, left)]
        indent = len(window) - len(window.lstrip())
        at = max((window.rfind(character) + 1 for character in BREAKS), default=0)
        if at <= indent:
            at = kept(text[start:], left)
        if at <= indent and (found or first >= room):  # there is nothing to break at
            at = max(1, room)
        found.append(start + at)
        start, left = start + at, room
    return found


def broken(text: str, first: int, room: int) -> list[str]:
    """A text in rows, cut as `cuts` has it; the first may stay empty."""
    edges = [0, *cuts(text, first, room), len(text)]
    return [text[start:end].rstrip() for start, end in pairwise(edges)]


def fit(text: str, limit: int, more: str = MORE) -> str:
    """A text of at most `limit` characters; `more` stands at the end of one that was longer."""
    if len(text) <= limit:
        return text
    at = kept(text, limit - len(more))
    while at and at + len(_ending(text[:at], more)) > limit:
        at = kept(text, at - 1)
    start = text[:at].rstrip()
    return (start + _ending(start, more))[: max(0, limit)]


def _ending(text: str, more: str) -> str:
    """What tells behind a text that there is more: a number is kept apart from it, or it would seem cut."""
    return f" {more}" if text[-1:].isdigit() else more
