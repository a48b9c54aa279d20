"""`notes.md`: sections whose headings quote a line of the program."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tutor_tui.errors import LessonError
from tutor_tui.lessons.glossary import GLOSSARY, Glossary
from tutor_tui.lessons.model import Note, Table
from tutor_tui.text.markdown import sections

_QUOTED = re.compile(r"^`(.+)`$")


class Piece(NamedTuple):
    """Text as it stands, or with `expression` what is put in its place."""

    text: str
    expression: bool = False


def pieces(text: str) -> Iterator[Piece]:
    """A text cut at its `{expression}`s; `{{` and `}}` are braces. `ValueError` for one that never ends."""
    plain = ""
    at = 0
    while at < len(text):
        if text[at : at + 2] in ("{{", "}}"):
            plain += text[at]
            at += 2
        elif text[at] == "{":
            end = _closing(text, at)
            yield Piece(plain)
            yield Piece(text[at + 1 : end], True)
            plain = ""
            at = end + 1
        else:
            plain += text[at]
            at += 1
    yield Piece(plain)


def _closing(text: str, start: int) -> int:
    depth = 0
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at
    piece = text[start : start + 20].split("\n")[0]
    raise ValueError(f"the brace before {piece[1:]!r} is never closed", piece)


def expressions(text: str) -> tuple[str, ...]:
    """The expressions of a text in their order."""
    return tuple(piece.text for piece in pieces(text) if piece.expression)


class Statements:
    """Where the statements of a program begin and end; the program is parsed, never run."""

    def __init__(self, code: Path) -> None:
        self._code = code
        try:
            source = code.read_text(encoding="utf-8")
            tree = ast.parse(source, str(code))
        except (OSError, UnicodeDecodeError) as error:
            raise LessonError(f"{code}: {error}") from error
        except SyntaxError as error:
            raise LessonError(f"{code}:{error.lineno}: {error.msg}") from error
        self.lines = source.split("\n")
        self._ends: dict[int, int] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.stmt):
                body = getattr(node, "body", None)
                end = body[0].lineno - 1 if body else node.end_lineno or node.lineno
                self._ends.setdefault(node.lineno, max(node.lineno, end))

    def end(self, line: int) -> int:
        """The last line of the statement that begins at a line; for one with a body, of its head."""
        return self._ends.get(line, line)

    def find(self, text: str, after: int = 0) -> int | None:
        """The next line behind `after` that has this text and begins a statement; else the first such."""
        wanted = " ".join(text.split())
        found = [n for n in sorted(self._ends) if " ".join(self.lines[n - 1].split()) == wanted]
        return next((n for n in found if n > after), found[0] if found else None)


_API = re.compile(r"^- what: *([\w.]+) *$", re.MULTILINE)


def _explained(file: Path, text: str, glossary: Glossary) -> str:
    """A text with what the glossary says in the place of each `- what: NAME`, on the same line."""

    def entry(found: re.Match[str]) -> str:
        if found[1] not in glossary:
            at = text.count("\n", 0, found.start()) + 1
            raise LessonError(f"{file}:{at}: the glossary ({GLOSSARY}) has no entry {found[1]!r}")
        return f"- what: {glossary[found[1]].told}"

    return _API.sub(entry, text)


def read_notes(
    file: Path, statements: Statements, glossary: Glossary | None = None
) -> tuple[str, list[Note], list[Table]]:
    """What stands above the first section, the notes, the tables; `LessonError` names the line that is wrong."""
    if not file.exists():
        return "", [], []
    opening = ""
    notes: list[Note] = []
    tables: list[Table] = []
    after = 0
    text = _explained(file, file.read_text(encoding="utf-8"), glossary or {})
    lines = text.split("\n")
    for number, title, body in sections(text):
        quoted = _QUOTED.match(title)
        if quoted is None:
            if number and not notes and not tables and not opening:
                opening = body
            elif number:
                tables.append(Table(title, body))
            else:
                opening = body
            continue
        line = statements.find(quoted[1], after)
        if line is None:
            raise LessonError(f"{file}:{number}: the program has no line `{quoted[1]}`")
        after = line
        try:
            found = expressions(body)
        except ValueError as error:
            said, piece = error.args
            at = next(
                (n for n, line_text in enumerate(lines, 1) if n > number and piece in line_text), number
            )
            raise LessonError(f"{file}:{at}: {said}") from error
        notes.append(Note(line, statements.end(line), number, quoted[1], body, found))
    return opening, notes, tables
