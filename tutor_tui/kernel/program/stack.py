"""The calls of another thread, read without holding them: a call that is held when it returns keeps what it used."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, NamedTuple

from tutor_tui.kernel.program.loops import counting_loop, line_at, names_of

Running = Callable[[], FrameType | None]
"""Gives the innermost frame of a thread as it is now."""
MOST = 10_000
"""Calls that are read of a deep recursion."""


class Call(NamedTuple):
    """What a call runs, and where it is. It does not keep the call."""

    code: CodeType
    instruction: int
    number: int | None

    @property
    def line(self) -> int:
        """The line it is on."""
        return line_at(self.code, self.instruction, self.number)


def calls_of(running: Running, outermost: tuple[int, CodeType] | None) -> list[Call]:
    """The calls of a thread from the innermost out to one that is known by its id and its code."""
    found: list[Call] = []
    frame = running()
    while frame is not None and len(found) < MOST:
        found.append(Call(frame.f_code, frame.f_lasti, frame.f_lineno))
        if (id(frame), frame.f_code) == outermost:
            break
        frame = frame.f_back
    return found


def turn_of_loop(call: Call, source: str, running: Running) -> tuple[Call, tuple[int, int]]:
    """In which turn the outermost `for` around a call's line is, from 1, and of how many; and the call as it was then.

    (0, 0) where that cannot be told: where the loop goes over no `range` or `enumerate`, or writes to what those were
    made of; and, up to Python 3.12, in a function, whose names cannot be read there without a trace.
    """
    loop = counting_loop(source, call.line)
    if loop is None or not loop.runs(call.code):
        return call, (0, 0)
    found = _names_in(running, call.code, loop.names)
    if found is None or counting_loop(source, found[0].line) != loop:  # it has gone on meanwhile
        return call, (0, 0)
    return found[0], loop.turn(found[1])


def _names_in(running: Running, code: CodeType, wanted: set[str]) -> tuple[Call, dict[str, Any]] | None:
    """The innermost call of some code as it is now, and what names mean there; None where that cannot be told."""
    frame = running()
    for _ in range(MOST):
        if frame is None:
            return None
        if frame.f_code is code:
            names = names_of(frame, wanted)
            return None if names is None else (Call(code, frame.f_lasti, frame.f_lineno), names)
        frame = frame.f_back
    return None
