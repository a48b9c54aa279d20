"""Markdown as rows: wrapped, tables aligned, and what the run computed set off from what was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from rich.cells import cell_len

from tutor_tui.text.markdown import CODE, TEXT, VALUE, Block, Drawing, Line, Paragraph, Part, Table, blocks
from tutor_tui.text.safe import safe
from tutor_tui.ui.panes.rows import Piece, Row, row

_ROLES = {TEXT: "", CODE: "now", VALUE: "value"}
_Word = list[Piece]


def markdown_rows(text: str | Iterable[Part], width: int) -> list[Row]:
    """Paragraphs, lists, tables and drawings in `width` cells; a text in parts tells what was computed."""
    rows: list[Row] = []
    found = blocks([(text, False)] if isinstance(text, str) else text)
    for block, following in zip_longest(found, found[1:]):
        rows += _block_rows(block, width)
        if not isinstance(block, Drawing) and not (_is_item(block) and _is_item(following)):
            rows.append(row(""))
    return rows


def _is_item(block: Block | None) -> bool:
    """Whether a block is an item of a list: the next one follows at once."""
    return isinstance(block, Paragraph) and bool(block.marker)


def _block_rows(block: Block, width: int) -> list[Row]:
    match block:
        case Drawing(text=text):
            return [row((safe(line), "value")) for line in text.split("\n")]
        case Table():
            return _table(block, width)
        case Paragraph(line=line, marker=""):
            return _wrapped(_words(line), width)
        case Paragraph(line=line, marker=marker):
            inner = _wrapped(_words(line), width - len(marker))
            return [((marker if n == 0 else " " * len(marker), ""), *r) for n, r in enumerate(inner)]


def _words(line: Line) -> Iterator[_Word]:
    """Words with their roles; one may be of several pieces, like a value with its comma."""
    word: _Word = []
    for span in line:
        for number, part in enumerate(safe(span.text.replace("\n", " ")).split(" ")):
            if number and word:
                yield word
                word = []
            if part:
                word.append((part, _ROLES[span.kind]))
    if word:
        yield word


def _size(word: _Word) -> int:
    return sum(cell_len(text) for text, _ in word)


def _wrapped(words: Iterable[_Word], width: int) -> list[Row]:
    rows: list[Row] = []
    line: list[Piece] = []
    used = 0
    for word in words:
        if line and used + 1 + _size(word) > width:
            rows.append(tuple(line))
            line, used = [], 0
        if line:
            line.append((" ", ""))
            used += 1
        line += word
        used += _size(word)
    return [*rows, tuple(line)] if line else rows


def _table(table: Table, width: int) -> list[Row]:
    """Columns as wide as they must be; where they do not fit side by side, a line a cell."""
    head, *body = [[_inline(cell) for cell in line] for line in (table.head, *table.rows)]
    widths = [max(_size(line[n]) for line in (head, *body)) for n in range(len(head))]
    if sum(widths) + 2 * (len(head) - 1) > width:
        return _stacked(head, body, width)
    return [_aligned([[(text, "title") for text, _ in cell] for cell in head], widths)] + [
        _aligned(line, widths) for line in body
    ]


def _aligned(cells: Sequence[_Word], widths: Sequence[int]) -> Row:
    pieces: list[Piece] = []
    for cell, room in zip(cells, widths, strict=True):
        pieces += [*cell, (" " * (room - _size(cell) + 2), "")]
    return tuple(pieces)


def _stacked(head: Sequence[_Word], body: Sequence[Sequence[_Word]], width: int) -> list[Row]:
    rows: list[Row] = []
    for first, *rest in body:
        rows.append(tuple((text, "title") for text, _ in first))
        for name, cell in zip(head[1:], rest, strict=False):
            label = "".join(text for text, _ in name)
            line = (f"  {label}: " if label else "  ", "dim"), *cell
            if _size([*line]) <= width:
                rows.append(tuple(line))
            else:
                rows.append(row((f"  {label}:", "dim")))
                rows += [(("    ", ""), *r) for r in _wrapped(([p] for p in cell if p[0] != " "), width - 4)]
    return rows


def _inline(cell: Line) -> _Word:
    """A cell's text with its roles, on one line."""
    found: _Word = []
    for word in _words(cell):
        if found:
            found.append((" ", ""))
        found += word
    return found
