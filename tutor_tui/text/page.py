"""What a terminal would show of printed text: lines that are written over, as progress bars do."""

from __future__ import annotations

import re

from tutor_tui.text.safe import safe

_CONTROL = re.compile(r"(\n|\r|\x08|\x1b\[[0-9;]*[ABKmC])")
"""New line, back to its beginning, back by one, and of the escapes: up, down, clear the rest, colour, on."""

Line = list[tuple[str, str]]
"""Pieces of text, each with a role."""


class Page:
    """The last lines of what was written, by several writers in their roles."""

    def __init__(self, lines: int, wide: int) -> None:
        """`lines` are kept, of `wide` characters each."""
        self._most, self._wide = lines, wide
        self.lines: list[Line] = [[]]
        self._row = self._column = 0

    def write(self, text: str, role: str = "") -> None:
        """More text."""
        for part in _CONTROL.split(text):
            if not part:
                continue
            if part == "\n":
                self._down(1)
                self._column = 0
            elif part == "\r":
                self._column = 0
            elif part == "\x08":
                self._column = max(0, self._column - 1)
            elif part.startswith("\x1b[") and part[-1] in "ABKmC":
                self._obey(part[-1], part[2:-1])
            else:
                self._put(safe(part.expandtabs(8)), role)

    def _obey(self, command: str, argument: str) -> None:
        count = int(argument) if argument.isdecimal() else 1
        match command:
            case "A":
                self._row = max(0, self._row - count)
            case "B":
                self._down(min(count, self._most))
            case "C":
                self._column = min(self._wide, self._column + count)
            case "K":
                line = _text(self.lines[self._row])
                role = _role(self.lines[self._row])
                self.lines[self._row] = [(line[: self._column], role)] if line[: self._column] else []

    def _down(self, count: int) -> None:
        self._row += count
        while self._row >= len(self.lines):
            self.lines.append([])
        surplus = len(self.lines) - self._most
        if surplus > 0:
            del self.lines[:surplus]
            self._row -= surplus

    def _put(self, text: str, role: str) -> None:
        line = self.lines[self._row]
        before = _text(line)
        text = text[: max(0, self._wide - self._column)]
        if self._column == len(before):
            line.append((text, role))
        else:
            left = before[: self._column].ljust(self._column)
            self.lines[self._row] = [(left + text + before[self._column + len(text) :], role)]
        self._column += len(text)


def _text(line: Line) -> str:
    return "".join(text for text, _ in line)


def _role(line: Line) -> str:
    return line[-1][1] if line else ""
