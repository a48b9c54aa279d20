"""Calls and lines as Python's trace function tells them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from threading import get_ident
from types import FrameType
from typing import Any

from tutor_tui.kernel.tracing.muted import interrupted, own_traces
from tutor_tui.kernel.tracing.new_threads import NewThreads
from tutor_tui.kernel.tracing.tracing import Trace

_set_trace, _get_trace = sys.settrace, sys.gettrace
_UNKNOWN = object()

LOST = (
    "The program sets Python's trace function itself, as a debugger or a coverage tool does. Its lines are not "
    "recorded from here on; operations and gradients are."
)


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
        self._new_threads = NewThreads()
        self._first: Any = _UNKNOWN  # the trace function that was there before any of ours
        self._set: Any = None  # by us; None while nothing is followed
        self._thread = 0
        self._told = False

    def start(self) -> None:
        """Keep the trace function that was there: `stop` puts it back. One that the program has set since stays."""
        if self._replace(self._global):
            self._new_threads.begin(self._global)

    def stop(self) -> None:
        """In this thread, and in those that will start."""
        if _get_trace() in (self._global, _nothing):  # the program may have put it back itself
            _set_trace(self._first)
        self._new_threads.end()
        self._forget()

    def only(self, frame: FrameType, trace: Trace) -> None:
        """A global trace function that follows no call has to be there."""
        self.follow(frame, trace)
        self._replace(_nothing)

    def follow(self, frame: FrameType, trace: Trace | None) -> Trace | None:
        """Works while any global trace function is set."""
        before = frame.f_trace
        frame.f_trace = trace
        return before

    def _replace(self, trace: Trace) -> bool:
        """Whether it could be set."""
        there = _get_trace()
        if self._first is _UNKNOWN:
            self._first = there
        if there not in (self._first, self._set, None):
            self._forget()
            self._tell()
            return False
        own_traces.add(id(trace))
        self._set = trace
        self._thread = get_ident()
        _set_trace(trace)
        return True

    def check(self) -> bool:
        """A debugger of the program's, or a coverage tool, takes the one trace function that there is."""
        if self._set is not None and _get_trace() is not self._set and get_ident() == self._thread:
            if _get_trace() is None and interrupted():
                _set_trace(self._set)
                return True
            self._forget()
            self._tell()
        elif self._set is None and _get_trace() is self._global:  # and puts ours back when it is done
            own_traces.add(id(self._global))
            self._set = self._global
        return False

    def _tell(self) -> None:
        if not self._told:
            self._told = True
            self._lost(LOST)

    def _forget(self) -> None:
        own_traces.discard(id(self._set))
        self._set = None

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
