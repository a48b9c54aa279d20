"""Loops of one line, and a Python that tells of some lines twice."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from types import CodeType

from tutor_tui.kernel.tracing.tools import free_tool


class Jumps:
    """Which jumps of a code object stay within a line; looked up once each."""

    def __init__(self) -> None:
        self._known: dict[int, dict[tuple[int, int], bool]] = {}  # by the code's address

    def in_line(self, code: CodeType, offset: int, target: int) -> bool:
        """Whether the instructions at two offsets, in bytes, stand in the same line."""
        known = self._known.setdefault(id(code), {})
        found = known.get((offset, target))
        if found is None:
            found = known[offset, target] = _line_of(code, offset) == _line_of(code, target)
        return found

    def forget(self, address: int) -> None:
        """A code object is gone."""
        self._known.pop(address, None)

    def clear(self) -> None:
        """All are."""
        self._known.clear()


def _line_of(code: CodeType, offset: int) -> int | None:
    return next((line for start, end, line in code.co_lines() if start <= offset < end), None)


@cache
def lines_are_doubled() -> bool:
    """Whether this Python tells of a line once more where a test in it decides to go on with the loop.

    The first releases of 3.12 do; `sys.settrace` there leaves such events out. Needs a free tool.
    """
    monitoring = sys.monitoring
    tool, lines = free_tool(), []
    if tool is None:
        return False
    code = compile("for i in (1, 2):\n if i > 2: break\n", "<probe>", "exec")
    said: Callable[[CodeType, int], None] = lambda code, line: lines.append(line)  # noqa: E731
    monitoring.use_tool_id(tool, "tutor-tui")
    try:
        monitoring.register_callback(tool, monitoring.events.LINE, said)
        monitoring.set_local_events(tool, code, monitoring.events.LINE)
        exec(code, {})
        monitoring.register_callback(tool, monitoring.events.LINE, None)
    finally:
        monitoring.free_tool_id(tool)
    return lines.count(2) > 2
