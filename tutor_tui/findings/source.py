"""What rules ask the text of a program, where the record alone does not say which line to change."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from tutor_tui.trace.record.sources import Sources

_NO_GRAD = re.compile(r"no_grad|inference_mode|set_grad_enabled")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def lines_like(sources: Sources, pattern: re.Pattern[str]) -> Iterator[tuple[str, int]]:
    """The lines of the program's files in which something stands, comments left out."""
    for file, text in sources.items():
        for number, line in enumerate(text.split("\n"), 1):
            if pattern.search(line.partition("#")[0]):
                yield file, number


def no_grad_around(source: str, line: int) -> tuple[int, bool] | None:
    """The line that turns gradient mode off around a line, in the same function; whether it is a decorator."""
    found: tuple[int, bool] | None = None
    for node in _nodes_around(source, line):
        if isinstance(node, _FUNCTIONS):
            found = next(
                ((d.lineno, True) for d in node.decorator_list if _NO_GRAD.search(ast.unparse(d))), None
            )
        elif isinstance(node, ast.With) and any(_NO_GRAD.search(ast.unparse(i)) for i in node.items):
            found = node.lineno, False
    return found


@lru_cache(maxsize=256)
def _nodes_around(source: str, line: int) -> tuple[ast.AST, ...]:
    """The nodes of a file's tree that a line lies in, the outermost first."""
    found: list[ast.AST] = []
    pending: list[ast.AST] = [_parse(source)]
    while pending:
        node = pending.pop()
        for child in ast.iter_child_nodes(node):
            first, last = getattr(child, "lineno", None), getattr(child, "end_lineno", None)
            if first is not None and last is not None and first <= line <= last:
                found.append(child)
                pending.append(child)
    return tuple(found)


@lru_cache(maxsize=16)
def _parse(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return ast.Module(body=[], type_ignores=[])
