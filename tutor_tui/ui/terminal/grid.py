"""A screen as cells, made from what an application writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rich.cells import get_character_cell_size

from tutor_tui.text.ascii import ascii_cell

Cell = tuple[str, str]
"""What stands in a cell, and how: the parameters of its SGR sequence.

The right half of a wide character is "".
"""

BLANK: Cell = (" ", "")
UNKNOWN: Cell = ("?", "unknown")

_TOKEN = re.compile(
    r"\x1b\[(?P<args>[0-9;]*)(?P<kind>[Hm])"
    r"|(?P<control>\x1b\[[<>=?]?[0-9;]*[ $]?[a-zA-Z~]"
    r"|\x1b[\]P_^][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.|[\x00-\x09\x0b\x0c\x0e-\x1a\x1c-\x1f])"
    r"|(?P<text>[^\x00-\x1f]+)"
    r"|(?P<newline>\n)|(?P<return>\r)"
)


class Grid:
    """What the application wants on the screen. `cursor` is where it left the cursor, (column, row)."""

    def __init__(self, columns: int, rows: int) -> None:
        self.cursor = (0, 0)
        self.ascii = False
        """Whether every other character is put down as the nearest ASCII one."""
        self.colours = True
        """Whether colours are kept; without them bold, underline and the like remain."""
        self._style = ""
        self.resize(columns, rows)

    def resize(self, columns: int, rows: int) -> None:
        """Another size; everything is blank until it is written again."""
        self.columns, self.height = columns, rows
        self.rows: list[list[Cell]] = [[BLANK] * columns for _ in range(rows)]

    def write(self, data: str) -> Iterator[str]:
        """Take what the application writes; yield the sequences that are no drawing, in their order."""
        for token in _TOKEN.finditer(data):
            kind = token["kind"]
            if kind == "m":
                style = "" if token["args"] in ("", "0") else token["args"]
                self._style = style if self.colours else without_colours(style)
            elif kind == "H":
                row, _, column = token["args"].partition(";")
                self.cursor = int(column or 1) - 1, int(row or 1) - 1
            elif token["text"]:
                self._put(token["text"])
            elif token["newline"]:
                self.cursor = 0, self.cursor[1] + 1
            elif token["return"]:
                self.cursor = 0, self.cursor[1]
            else:
                yield token["control"]

    def _put(self, text: str) -> None:
        column, row = self.cursor
        if not 0 <= row < self.height:
            self.cursor = column + len(text), row
            return
        line, style = self.rows[row], self._style
        if text.isascii():
            end = min(self.columns, column + len(text))
            self._part_wide(line, column, end)
            line[column:end] = [_cell(c, style) for c in text[: max(0, end - column)]]
            self.cursor = column + len(text), row
            return
        for character in text:
            width = get_character_cell_size(character)
            if self.ascii:
                for part in ascii_cell(character, width):
                    if column < self.columns:
                        line[column] = _cell(part, style)
                    column += 1
                continue
            if width == 0:
                self._join(line, column - 1, character)
                continue
            if column + width <= self.columns:
                self._part_wide(line, column, column + width)
                line[column] = _cell(character, style)
                if width == 2:
                    line[column + 1] = ("", style)
            column += width
        self.cursor = column, row

    def _join(self, line: list[Cell], column: int, mark: str) -> None:
        """A character without a width of its own belongs to the one before it."""
        if 0 <= column < self.columns and line[column][0] == "":
            column -= 1
        if 0 <= column < self.columns:
            line[column] = (line[column][0] + mark, self._style)

    def _part_wide(self, line: list[Cell], start: int, end: int) -> None:
        """Half of a wide character cannot stay when its other half is written over."""
        if 0 < start < self.columns and line[start][0] == "":
            line[start - 1] = (" ", line[start - 1][1])
        if end < self.columns and line[end][0] == "":
            line[end] = (" ", line[end][1])


@lru_cache(maxsize=8192)
def _cell(character: str, style: str) -> Cell:
    """A cell; a blank looks the same in every foreground, so it keeps only what shows."""
    return (character, ground(style)) if character == " " else (character, style)


@lru_cache(maxsize=2048)
def ground(style: str) -> str:
    """What of a style shows in a blank: background, underline, reverse and the like."""
    return ";".join(text for kind, text in attributes(style).items() if kind not in _UNSEEN)


@lru_cache(maxsize=2048)
def without_colours(style: str) -> str:
    """Bold, underline, reverse and the like alone."""
    kept = (text for kind, text in attributes(style).items() if kind not in ("foreground", "background"))
    return ";".join(kept)


_UNSEEN = ("foreground", "1", "2", "3")


def attributes(style: str) -> dict[str, str]:
    """The parameters of an SGR sequence by what they set."""
    found: dict[str, str] = {}
    numbers = style.split(";") if style else []
    at = 0
    while at < len(numbers):
        number = numbers[at]
        size = 1
        if number in ("38", "48"):
            size = 5 if numbers[at + 1 : at + 2] == ["2"] else 3
        kind = number
        if number in _FOREGROUNDS:
            kind = "foreground"
        elif number in _BACKGROUNDS:
            kind = "background"
        found[kind] = ";".join(numbers[at : at + size])
        at += size
    return found


_FOREGROUNDS = {str(n) for n in (*range(30, 40), *range(90, 98))}
_BACKGROUNDS = {str(n) for n in (*range(40, 50), *range(100, 108))}
