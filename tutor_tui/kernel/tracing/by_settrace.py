"""Calls and lines as Python's trace function tells them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from tutor_tui.kernel.tracing.tracing import Trace

_set_trace, _get_trace = sys.settrace, sys.gettrace


class BySettrace:
    """Every call there is goes through one global trace function: see `Tracing`."""

    def __init__(
        self,
        is_program: Callable[[str], bool],
        enter: Callable[[FrameType], Trace],
        lost: Callable[[str], None],
    ) -> None:
        self._global = _global_trace(is_program, enter)
        self._lost = lost
        self._before: Any = None
        self._started = False

    def start(self) -> None:
        """Keep the trace function that was there: `stop` puts it back."""
        if not self._started:
            self._before = _get_trace()
        self._started = True
        threading.settrace(self._global)
        _set_trace(self._global)

    def stop(self) -> None:
        """In this thread, and in those that will start."""
        threading.settrace(None)
        _set_trace(self._before if self._started else None)
        self._started = False
        self._before = None

    def only(self, frame: FrameType, trace: Trace) -> None:
        """A global trace function that follows no call has to be there."""
        self.follow(frame, trace)
        _set_trace(_nothing)

    def follow(self, frame: FrameType, trace: Trace | None) -> Trace | None:
        """Works while any global trace function is set."""
        before = frame.f_trace
        frame.f_trace = trace
        return before

    def trace_of(self, frame: FrameType) -> Trace | None:
        """Python keeps it itself."""
        return frame.f_trace


def _global_trace(is_program: Callable[[str], bool], enter: Callable[[FrameType], Trace]) -> Trace:
    """It is called for every Python call there is: no method, one lookup."""
    foreign: set[str] = set()

    def trace(frame: FrameType, event: str, arg: Any) -> Trace | None:
        filename = frame.f_code.co_filename
        if filename in foreign:
            return None
        if not is_program(filename):
            foreign.add(filename)
            return None
        return enter(frame) if event == "call" else None

    return trace


def _nothing(frame: FrameType, event: str, arg: Any) -> None:
    """Follows no call."""
