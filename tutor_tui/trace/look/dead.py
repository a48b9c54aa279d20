"""Stops at which there is nothing to see: a walk passes them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from tutor_tui.protocol.messages import Line
from tutor_tui.trace.record.line_runs import INLINE
from tutor_tui.trace.record.trace import Trace


def dead(trace: Trace, index: int) -> bool:
    """Whether a stop only says that a line runs of a statement that one is in already."""
    step = trace.main(index)
    if not isinstance(step, Line) or index == 0:
        return False
    if step.function in INLINE:  # the line that it is written in has its own stop
        return True
    before = trace.lines.before(step)
    if before is None or (before.file, before.function) != (step.file, step.function):
        return False
    statement = _statements(trace.sources.of(step.file)).get(step.line)
    return statement is not None and before.line != step.line and before.line in statement


@lru_cache(maxsize=64)
def _statements(source: str) -> dict[int, range]:
    """By line, the lines of the statement around it; of those that take several and have no body."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    return {line: lines for lines in _long(tree) for line in lines}


def _long(tree: ast.Module) -> Iterator[range]:
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and not isinstance(node, ast.Match):
            last = node.end_lineno or node.lineno
            if last > node.lineno:
                yield range(node.lineno, last + 1)
