"""The loop of a program that a running call stands in."""

from __future__ import annotations

import ast
from functools import lru_cache
from types import FrameType
from typing import NamedTuple

from tutor_tui.kernel.program.files import Files, Kind

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
