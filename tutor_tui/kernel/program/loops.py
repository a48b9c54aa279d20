"""The loop of a program that a running call stands in."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from types import FrameType
from typing import NamedTuple

from tutor_tui.kernel.program.files import Files, Kind
from tutor_tui.kernel.program.variables import variables

_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SIZED = (list, tuple, str, bytes, dict, set, frozenset, range)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class Loop(NamedTuple):
    """A `for` or `while` in a call that runs: it begins anew whenever the line `turn` is reached again."""

    frame: FrameType
    turn: int
    first: int
    last: int

    def holds(self, frame: FrameType) -> bool:
        """Whether a frame is the loop's own, and on a line of it."""
        return frame is self.frame and self.first <= frame.f_lineno <= self.last


def find_loop(frame: FrameType | None, files: Files) -> Loop | None:
    """The innermost loop of the program around a frame: in the nearest call that has one."""
    while frame is not None:
        if files.kind(frame.f_code.co_filename) is Kind.PROGRAM:
            found = _loop_at(files.source(frame.f_code.co_filename), frame.f_lineno)
            if found is not None:
                return Loop(frame, *found)
        frame = frame.f_back
    return None


@lru_cache(maxsize=1024)
def _loop_at(source: str, line: int) -> tuple[int, int, int] | None:
    """Where the innermost loop around a line, in the same function, turns; its first and last line."""
    try:
        pending: list[ast.AST] = [ast.parse(source)]
    except (SyntaxError, ValueError, RecursionError):
        return None
    found: tuple[int, int, int] | None = None
    while pending:
        node = pending.pop()
        for child in ast.iter_child_nodes(node):
            first, last = getattr(child, "lineno", None), getattr(child, "end_lineno", None)
            if first is None or last is None:
                pending.append(child)
            elif first <= line <= last:
                pending.append(child)
                if isinstance(child, _FUNCTIONS) and first < line:
                    found = None
                elif isinstance(child, (ast.For, ast.AsyncFor, ast.While)):
                    endless = isinstance(child, ast.While) and isinstance(child.test, ast.Constant)
                    # Python runs no test of a `while True`, and tells of no line then
                    found = (child.body[0].lineno if endless else first, first, last)
    return found


def values_of_loop(frame: FrameType, source: str) -> int | None:
    """How many values the innermost `for` around the line of a frame goes over; None where that cannot be told.

    It is told without running any code: of a range of plain numbers, and of a name that means one of Python's own
    collections. In a line with a comprehension, or with another loop, two are going round.
    """
    values = _values_at(source, frame.f_lineno)
    return None if values is None else _length(values, {**frame.f_globals, **variables(frame)})


@lru_cache(maxsize=1024)
def _values_at(source: str, line: int) -> ast.expr | None:
    """What the one `for` around a line goes over."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None
    around = [n for n in ast.walk(tree) if isinstance(n, _LOOPS) and n.lineno <= line <= (n.end_lineno or 0)]
    innermost = max(around, key=lambda n: (n.lineno, n.col_offset), default=None)
    if not isinstance(innermost, ast.For) or any(n.lineno == line for n in around if n is not innermost):
        return None
    return innermost.iter


def _length(values: ast.expr, names: Mapping[str, object]) -> int | None:
    match values:
        case ast.Name(id=name) if type(names.get(name)) in _SIZED:
            return len(names[name])  # type: ignore[arg-type]
        case ast.Call(func=ast.Name(id="enumerate" | "reversed" as called), args=[of]) if called not in names:
            return _length(of, names)
        case ast.Call(func=ast.Name(id="range"), args=args, keywords=[]) if "range" not in names:
            numbers = [_number(argument, names) for argument in args]
            if None in numbers or not 1 <= len(numbers) <= 3 or numbers[2:] == [0]:
                return None
            return len(range(*numbers))  # type: ignore[arg-type]
    return None


def _number(value: ast.expr, names: Mapping[str, object]) -> int | None:
    found: object = value.value if isinstance(value, ast.Constant) else None
    if isinstance(value, ast.Name):
        found = names.get(value.id)
    return found if type(found) is int else None
