"""Markdown of notes, parsed by markdown-it-py: as blocks to lay out or to read aloud, and as sections.

Computed values stand in a text as parts of their own. They are put into the blocks after parsing: whatever a
program has made, a bar or an asterisk in it is no table and no emphasis.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

TEXT, CODE, VALUE = "text", "code", "value"
_HOLE = re.compile("\ue000(\\d+)\ue001")

ROWS = {"what": "◆", "given": "←", "gives": "→", "worked": "=", "means": "≈"}
"""Kinds of rows under a note, and the sign before each: what an API is, what it is given and gives, how a number is
worked out, how a result is to be read. In a text they are items of a list that begin with the kind: `- gives: …`.
"""
_ROW = re.compile(rf"({'|'.join(ROWS)}): ")

Part = tuple[str, bool]
"""A piece of Markdown, or, with True, a computed value."""


class Span(NamedTuple):
    """Text on one line: `kind` is `TEXT`, `CODE` or `VALUE`."""

    text: str
    kind: str = TEXT


Line = tuple[Span, ...]


class Paragraph(NamedTuple):
    """A paragraph, or an item of a list, which begins with its marker."""

    line: Line
    marker: str = ""


class Table(NamedTuple):
    """Cells by row; every row is as long as the head."""

    head: Sequence[Line]
    rows: Sequence[Sequence[Line]]


class Drawing(NamedTuple):
    """A fenced block: characters as they stand."""

    text: str


Block = Paragraph | Table | Drawing


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # not before it is needed: it takes longer to load than a note to read

    return MarkdownIt("zero").enable(["fence", "heading", "table", "list", "backticks"])


def blocks(parts: Iterable[Part]) -> list[Block]:
    """The blocks of a Markdown text given in parts."""
    values: list[str] = []
    source = ""
    for text, computed in parts:
        source += f"\ue000{len(values)}\ue001" if computed else text
        if computed:
            values.append(text)
    return list(_Reader(values).read(_parser().parse(source)))


def sections(text: str) -> Iterator[tuple[int, str, str]]:
    """The line of each heading (from 1), the heading as written, the text below it.

    What stands above the first heading has line 0, and is left out where it is empty.
    """
    lines = text.split("\n")
    tokens = _parser().parse(text)
    starts = [
        (token.map[0], token.map[1], tokens[n + 1].content)
        for n, token in enumerate(tokens)
        if token.type == "heading_open" and token.map is not None and token.level == 0
    ]
    bounds = [start for start, _, _ in starts] + [len(lines)]
    above = "\n".join(lines[: bounds[0]]).strip()
    if above or not starts:
        yield 0, "", above
    for (start, body, title), end in zip(starts, bounds[1:], strict=True):
        yield start + 1, title, "\n".join(lines[body:end]).strip()


class _Reader:
    """Turns markdown-it's tokens into blocks."""

    def __init__(self, values: Sequence[str]) -> None:
        self._values = values

    def read(self, tokens: Sequence[Token]) -> Iterator[Block]:
        marker = ""
        cells: list[Line] = []
        table: list[list[Line]] = []
        inside = False
        for token in tokens:
            match token.type:
                case "fence":
                    yield Drawing(self._filled(token.content.removesuffix("\n")))
                case "list_item_open":
                    marker = f"{token.info}{token.markup} " if token.info else "• "
                case "table_open":
                    inside, table = True, []
                case "tr_open":
                    cells = []
                case "tr_close":
                    table.append(cells)
                case "table_close":
                    inside = False
                    yield Table(table[0], table[1:])
                case "inline" if inside:
                    cells.append(self._line(token))
                case "inline":
                    yield _row(self._line(token)) if marker == "• " else Paragraph(self._line(token), marker)
                    marker = ""

    def _line(self, token: Token) -> Line:
        found: list[Span] = []
        for child in token.children or ():
            kind = CODE if child.type == "code_inline" else TEXT
            text = child.content if child.type in ("text", "code_inline") else " "
            for number, piece in enumerate(_HOLE.split(" ".join(text.split("\n")))):
                if number % 2:
                    found.append(Span(self._values[int(piece)], VALUE))
                elif piece:
                    found.append(Span(piece, kind))
        return tuple(found)

    def _filled(self, text: str) -> str:
        return _HOLE.sub(lambda hole: self._values[int(hole[1])], text)


def _row(line: Line) -> Paragraph:
    """An item of a list; one that begins with a kind of row has its sign, and the kind set off."""
    kind = _ROW.match(line[0].text) if line and line[0].kind == TEXT else None
    if kind is None:
        return Paragraph(line, "• ")
    rest = Span(line[0].text[kind.end() - 1 :])
    return Paragraph((Span(f"{kind[1]}:", CODE), rest, *line[1:]), f"{ROWS[kind[1]]} ")
