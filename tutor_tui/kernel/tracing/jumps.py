"""Loops of one line, and a Python that tells of some lines twice."""

from __future__ import annotations

import dis
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from types import CodeType
from typing import NamedTuple

from tutor_tui.kernel.tracing.tools import free_tool

_BACK = dis.opmap["JUMP_BACKWARD"]
_JUMPS = {*dis.hasjrel, *dis.hasjabs}


class Turns(NamedTuple):
    """Where, in bytes, loops that stand in one line begin anew, and from where they are entered.

    Python tells of no line there. It does tell of jumps, but what is raised when it does so, or where a `while` jumps
    back, misses the `try` around the loop: so the first instruction of each turn is to be told of in their place.
    """

    starts: frozenset[int]
    entries: dict[int, set[int]]
    """By the instructions outside that lead there: who comes from one of them enters the loop, and does not turn."""


def find_turns(code: CodeType) -> Turns | None:
    """Of a code object; None where there are none."""
    if _BACK not in code.co_code[::2]:
        return None
    instructions = list(dis.get_instructions(code))
    jumps = [instruction for instruction in instructions if instruction.opcode in _JUMPS]
    turning = {jump.offset: jump.argval for jump in jumps if jump.opcode == _BACK and _in_line(code, jump)}
    starts = frozenset(turning.values())
    if not starts:
        return None
    entries: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in [*_following(instructions), *((jump.offset, jump.argval) for jump in jumps)]:
        if other in starts and one not in turning:
            entries[one].add(other)
    return Turns(starts, dict(entries))


def _following(instructions: list[dis.Instruction]) -> Iterator[tuple[int, int]]:
    return ((one.offset, other.offset) for one, other in pairwise(instructions))


def _in_line(code: CodeType, jump: dis.Instruction) -> bool:
    return _line_of(code, jump.offset) == _line_of(code, jump.argval)


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
