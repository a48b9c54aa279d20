"""The calls that an exception has come through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import FrameType, TracebackType
from typing import Any, NamedTuple

from tutor_tui.kernel.program.files import Kind, judge


class Call(NamedTuple):
    """A call that an exception has left."""

    function: str
    names: Mapping[str, Any]
    program: list[FrameType]
    """The program's calls around it, the nearest first."""


def calls_of(tb: TracebackType | None) -> Iterator[Call]:
    """The calls of a traceback, the innermost first."""
    frames: list[FrameType] = []
    while tb is not None:
        frames.append(tb.tb_frame)
        tb = tb.tb_next
    while frames:
        frame = frames.pop()
        program = [f for f in reversed(frames) if judge(f.f_code.co_filename) is Kind.PROGRAM]
        yield Call(frame.f_code.co_name, frame.f_locals, program)
