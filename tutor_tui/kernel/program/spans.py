"""The very sub-expression that a frame is running."""

from __future__ import annotations

import ast
from functools import lru_cache
from types import CodeType, FrameType
from weakref import WeakKeyDictionary

from tutor_tui.kernel.program.files import Files, Kind
from tutor_tui.protocol.messages import Span

_Position = tuple[int | None, int | None, int | None, int | None]


_Calls = dict[tuple[int | None, int | None], tuple[int, int]]
_Loops = dict[_Position, _Position]


@lru_cache(maxsize=256)
def _read_syntax(source: str) -> tuple[_Calls, _Loops]:
    """Where each call over several lines begins, by its end; and the iterator of each loop."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return {}, {}
    calls: _Calls = {}
    loops: _Loops = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.lineno != node.end_lineno:
            calls[node.end_lineno, node.end_col_offset] = node.lineno, node.col_offset
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            loops[_position(node)] = _position(node.iter)
    return calls, loops


def _position(node: ast.stmt | ast.expr) -> _Position:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


_positions: WeakKeyDictionary[CodeType, list[_Position]] = WeakKeyDictionary()


class Spans:
    """Finds spans by code position, each once."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._spans: dict[tuple[CodeType, int], Span | None] = {}
        self._lines: dict[str, list[str]] = {}
        self._trees: dict[str, tuple[_Calls, _Loops]] = {}
        self._flat: set[str] = set()  # files in which every position is as a person would mark it

    def of(self, frame: FrameType) -> Span | None:
        """The span of the instruction that `frame` stands on; None where the code has no positions."""
        return self.at(frame.f_code, frame.f_lasti)

    def at(self, code: CodeType, instruction: int) -> Span | None:
        """The span of an instruction."""
        key = (code, instruction)
        if key not in self._spans:
            self._spans[key] = self._find(*key)
        return self._spans[key]

    def text(self, span: Span) -> str:
        """The source that a span cuts out."""
        lines = self._file_lines(span.file)[span.line - 1 : span.end_line]
        if not lines:
            return ""
        lines[-1] = lines[-1][: span.end_column]
        lines[0] = lines[0][span.column :]
        return "\n".join(lines)

    def _find(self, code: CodeType, instruction: int) -> Span | None:
        positions = _positions.get(code)
        if positions is None:
            positions = _positions[code] = list(code.co_positions())
        index = instruction // 2
        if not 0 <= index < len(positions):
            return None
        line, end_line, column, end_column = self._whole(code.co_filename, positions[index])
        if line is None or end_line is None or column is None or end_column is None:
            return None
        return Span(
            file=code.co_filename,
            line=line,
            column=self._characters(code.co_filename, line, column),
            end_line=end_line,
            end_column=self._characters(code.co_filename, end_line, end_column),
        )

    def _whole(self, filename: str, position: _Position) -> _Position:
        """A position as a person would mark it.

        Python gives a method call in a chain over several lines from the method's name on, and the
        loop itself for what asks its iterator for the next item.
        """
        line, end_line, _, end_column = position
        if line is None or (line == end_line and filename in self._flat):
            return position
        if self._files.kind(filename) is not Kind.PROGRAM:  # not worth the parsing of a large library
            return position
        calls, loops = self._syntax(filename)
        if position in loops:
            return loops[position]
        start = calls.get((end_line, end_column))
        if start is not None and start[0] < line:
            return start[0], end_line, start[1], end_column
        return position

    def _syntax(self, filename: str) -> tuple[_Calls, _Loops]:
        if filename not in self._trees:
            self._trees[filename] = _read_syntax(self._files.source(filename))
            if not any(self._trees[filename]):
                self._flat.add(filename)
        return self._trees[filename]

    def _characters(self, filename: str, line: int, offset: int) -> int:
        """Python counts columns in UTF-8 bytes; people and screens count characters."""
        lines = self._file_lines(filename)
        if not 0 < line <= len(lines) or lines[line - 1].isascii():
            return offset
        return len(lines[line - 1].encode()[:offset].decode(errors="ignore"))

    def _file_lines(self, filename: str) -> list[str]:
        if filename not in self._lines:
            self._lines[filename] = self._files.source(filename).split("\n")
        return self._lines[filename]
