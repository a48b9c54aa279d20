"""A lesson's notes as rows: wrapped, tables aligned, and what the run computed set off from what was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rich.cells import cell_len

from tutor_tui.text.safe import safe
from tutor_tui.ui.panes.rows import Piece, Row, row

_START, _END = "\ue000", "\ue001"
_RULE = re.compile(r"^\|[\s:|-]+\|$")
_TOKEN = re.compile(rf"{_START}[^{_END}]*{_END}|`[^`]*`|[^`{_START}]+")
_Word = list[Piece]


def marked(parts: Iterable[tuple[str, bool]]) -> str:
    """Filled text with marks around what was computed, so that it can be told apart after it is laid out."""
    return "".join(f"{_START}{text}{_END}" if computed else text for text, computed in parts)


def markdown_rows(text: str, width: int) -> list[Row]:
    """Paragraphs, lists, tables and drawings in `width` cells."""
    rows: list[Row] = []
    paragraph: list[str] = []
    table: list[str] = []
    drawn = False
    for line in [*text.split("\n"), ""]:
        if line.startswith("```"):
            drawn = not drawn
            continue
        if drawn:
            rows += [row((safe(part), "value")) for part in _unmarked(line).split("\n")]
        elif line.lstrip().startswith("|"):
            table.append(line.strip())
        elif line.strip():
            paragraph.append(line.strip())
        else:
            rows += [*_wrapped(" ".join(paragraph), width), *_table(table, width)]
            if (paragraph or table) and rows:
                rows.append(row(""))
            paragraph, table = [], []
    return rows


def _unmarked(text: str) -> str:
    return text.replace(_START, "").replace(_END, "")


def _words(text: str) -> Iterator[_Word]:
    """Words with their roles; one may be of several pieces, like a value with its comma."""
    word: _Word = []
    for token in _TOKEN.findall(text):
        role = "value" if token[0] == _START else "now" if token[0] == "`" else ""
        bare = safe(token.strip(f"`{_START}{_END}") if role else token).replace("\n", " ")
        for number, part in enumerate(bare.split(" ")):
            if number and word:
                yield word
                word = []
            if part:
                word.append((part, role))
    if word:
        yield word


def _size(word: _Word) -> int:
    return sum(cell_len(text) for text, _ in word)


def _wrapped(text: str, width: int) -> list[Row]:
    rows: list[Row] = []
    line: list[Piece] = []
    used = 0
    for word in _words(text):
        if line and used + 1 + _size(word) > width:
            rows.append(tuple(line))
            line, used = [], 0
        if line:
            line.append((" ", ""))
            used += 1
        line += word
        used += _size(word)
    return [*rows, tuple(line)] if line else rows


def _table(lines: list[str], width: int) -> list[Row]:
    """Columns as wide as they must be; where they do not fit side by side, a line a cell."""
    cells = [
        [_inline(c.strip()) for c in line.strip("|").split("|")] for line in lines if not _RULE.match(line)
    ]
    if not cells:
        return []
    count = max(map(len, cells))
    cells = [line + [[]] * (count - len(line)) for line in cells]
    widths = [max(_size(line[n]) for line in cells) for n in range(count)]
    if sum(widths) + 2 * (count - 1) > width:
        return _stacked(cells, width)
    rows = []
    for number, line in enumerate(cells):
        pieces: list[Piece] = []
        for cell, room in zip(line, widths, strict=True):
            pieces += [(text, "title" if number == 0 else role) for text, role in cell]
            pieces.append((" " * (room - _size(cell) + 2), ""))
        rows.append(tuple(pieces))
    return rows


def _stacked(cells: list[list[_Word]], width: int) -> list[Row]:
    head, *body = cells
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
                rows += [(("    ", ""), *r) for r in _wrapped(" ".join(t for t, _ in cell), width - 4)]
    return rows


def _inline(text: str) -> _Word:
    """A cell's text with its roles, on one line."""
    found: _Word = []
    for word in _words(text):
        if found:
            found.append((" ", ""))
        found += word
    return found
