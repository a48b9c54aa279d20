"""The shortest sequences that turn what a terminal shows into what it should show."""

from __future__ import annotations

from functools import lru_cache

from tutor_tui.ui.terminal.grid import UNKNOWN, Cell, Grid, attributes, ground

GAP = 4
"""Unchanged cells between two changed ones that are cheaper to send again than to jump over."""
ERASE = 10
"""Blank cells in a row from which erasing is shorter than sending them."""


class Shown:
    """What the terminal shows by now, and where its cursor and style stand."""

    def __init__(self, colours_erased: bool = True) -> None:
        """`colours_erased`: erasing fills with the background that is set, as nearly all terminals do."""
        self._colours_erased = colours_erased
        self._rows: list[list[Cell]] = []
        self._cursor: tuple[int, int] | None = None
        self._style: str | None = None

    def forget(self) -> None:
        """The terminal may show anything: everything is sent again."""
        self._rows = []
        self._cursor = self._style = None

    def update(self, wanted: Grid) -> str:
        """The sequences for all that differs; from now on it counts as shown."""
        if len(self._rows) != wanted.height or (self._rows and len(self._rows[0]) != wanted.columns):
            self.forget()
            self._rows = [[UNKNOWN] * wanted.columns for _ in range(wanted.height)]
        parts: list[str] = []
        for number, (old, new) in enumerate(zip(self._rows, wanted.rows, strict=True)):
            if old != new:
                self._line(parts, number, old, new)
                self._rows[number] = new[:]
        if parts and wanted.cursor != (0, 0) and self._cursor != wanted.cursor:
            self._move(parts, *wanted.cursor)
        return "".join(parts)

    def _line(self, parts: list[str], row: int, old: list[Cell], new: list[Cell]) -> None:
        for start, end in _runs(old, new):
            self._move(parts, start, row)
            self._cells(parts, new, start, end)

    def _cells(self, parts: list[str], line: list[Cell], start: int, end: int) -> None:
        column = start
        while column < end:
            text, style = line[column]
            blanks = _blanks(line, column, end) if text == " " else 0
            if blanks >= ERASE and self._can_erase(style):
                column = self._erase(parts, column, blanks, end, len(line), style)
                continue
            if text and (text != " " or self._style is None or ground(self._style) != style):
                self._dress(parts, style)
            parts.append(text)
            column += 1
            # whether the terminal counts a wide or joined character as we do cannot be known
            sure = column < len(line) and len(text) == 1 and (text.isascii() or _narrow(text))
            self._cursor = (column, self._cursor[1]) if sure and self._cursor else None

    def _can_erase(self, style: str) -> bool:
        """Whether erasing leaves blanks of that style: without a background of its own it always does."""
        return not style or (self._colours_erased and style.startswith("4"))

    def _erase(self, parts: list[str], column: int, count: int, end: int, width: int, style: str) -> int:
        self._dress(parts, style)
        parts.append("\x1b[K" if column + count == width else f"\x1b[{count}X")
        if column + count < end:
            parts.append(f"\x1b[{count}C")
            self._cursor = (column + count, self._cursor[1]) if self._cursor else None
        return column + count

    def _move(self, parts: list[str], column: int, row: int) -> None:
        if self._cursor == (column, row):
            return
        if self._cursor is not None and self._cursor[1] == row and column - self._cursor[0] > 0:
            parts.append(f"\x1b[{column - self._cursor[0]}C")
        else:
            parts.append(f"\x1b[{row + 1};{column + 1}H" if column else f"\x1b[{row + 1}H")
        self._cursor = (column, row)

    def _dress(self, parts: list[str], style: str) -> None:
        if style != self._style:
            parts.append(_change(self._style, style))
            self._style = style


def _runs(old: list[Cell], new: list[Cell]) -> list[tuple[int, int]]:
    """The stretches of a line to send: changed cells, joined over short gaps, wide characters whole."""
    runs: list[tuple[int, int]] = []
    for column, (before, after) in enumerate(zip(old, new, strict=True)):
        if before == after:
            continue
        start = column - 1 if after[0] == "" and column else column
        end = column + 2 if column + 1 < len(new) and new[column + 1][0] == "" else column + 1
        if runs and start - runs[-1][1] <= GAP:
            runs[-1] = (runs[-1][0], max(end, runs[-1][1]))
        else:
            runs.append((start, end))
    return runs


def _blanks(line: list[Cell], column: int, end: int) -> int:
    """How many cells from a blank one on, up to `end`, are the same."""
    first, count = line[column], 1
    while column + count < end and line[column + count] == first:
        count += 1
    return count


def _narrow(character: str) -> bool:
    """Box drawing, arrows, blocks and braille, which every terminal counts as one cell."""
    return "\u2190" <= character <= "\u2bff" or "\u00a0" <= character <= "\u052f"


@lru_cache(maxsize=4096)
def _change(before: str | None, after: str) -> str:
    """From one style to another: only what differs where nothing has to be taken back."""
    if not after:
        return "\x1b[m"
    if before is None:
        return f"\x1b[0;{after}m"
    old, new = attributes(before), attributes(after)
    off = dict.fromkeys(_OFF[kind] for kind in old if kind not in new)
    # taking back bold takes back dim as well, and the other way round
    kept = {kind: text for kind, text in new.items() if old.get(kind) != text or _OFF[kind] in off}
    return min((f"\x1b[{';'.join([*off, *kept.values()])}m", f"\x1b[;{after}m"), key=len)


_OFF = {
    "1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29", "21": "24",
    "foreground": "39", "background": "49", "51": "54", "52": "54", "53": "55", "6": "25",
}  # fmt: skip
"""By what a parameter sets: the parameter that takes it back."""
