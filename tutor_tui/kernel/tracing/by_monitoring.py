"""Calls and lines as `sys.monitoring` tells them: at a cost only where the program's own code runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from sys import _getframe
from threading import get_ident
from types import CodeType, FrameType
from typing import Any

from tutor_tui.kernel.tracing.jumps import Turns, find_turns, lines_are_doubled
from tutor_tui.kernel.tracing.muted import muted
from tutor_tui.kernel.tracing.new_threads import NewThreads
from tutor_tui.kernel.tracing.tools import Tool
from tutor_tui.kernel.tracing.tracing import Trace

_monitoring = sys.monitoring
_E = _monitoring.events
_DISABLE = _monitoring.DISABLE
_ANYWHERE = _E.PY_START | _E.PY_THROW | _E.PY_UNWIND | _E.RAISE | _E.STOP_ITERATION
"""What Python tells of all code or of none. Where a call starts in other people's code, it is told so once."""
_LOCAL = _E.PY_RESUME | _E.LINE | _E.PY_RETURN | _E.PY_YIELD
"""What is told of the program's code alone."""

LOST = (
    "The program uses all of sys.monitoring's tools itself. Its lines are not recorded from here on; operations and "
    "gradients are."
)


class ByMonitoring:
    """Trace functions are kept by frame; other threads and other people's code are passed over: see `Tracing`."""

    def __init__(
        self,
        is_program: Callable[[str], bool],
        enter: Callable[[FrameType], Trace],
        lost: Callable[[str], None],
    ) -> None:
        self._is_program, self._enter = is_program, enter
        self._traces: dict[FrameType, Trace] = {}
        self._threads: set[int] = set()
        self._new_threads = NewThreads()
        self._calls = False  # whether those that begin are entered
        self._turns: dict[int, Turns] = {}  # of code objects listened to that have any, by address
        self._entering: dict[FrameType, set[int]] = {}  # the loops in one line that come next, by their start
        self._doubled = lines_are_doubled()
        self._last: dict[FrameType, int] = {}  # where they are: the line that was told of last
        self._tool = Tool(
            {
                _E.PY_START: self._starts,
                _E.PY_RESUME: self._starts,
                _E.PY_THROW: self._starts,
                _E.LINE: self._line_once if self._doubled else self._line,
                _E.INSTRUCTION: self._instruction,
                _E.RAISE: self._raises,
                _E.STOP_ITERATION: self._raises,
                _E.PY_RETURN: self._returns,
                _E.PY_YIELD: self._returns,
                _E.PY_UNWIND: self._unwinds,
            },
            lambda: lost(LOST),
        )

    def start(self) -> None:
        """This thread, and by a trace function that is gone at their first call, those that it starts."""
        self._threads.add(get_ident())
        self._calls = True
        self._new_threads.begin(self._thread_starts)
        self._tool.begin(_ANYWHERE)

    def stop(self) -> None:
        """Every code object is as it was."""
        self._new_threads.end()
        self._calls = False
        self._tool.end()
        self._traces.clear()
        self._last.clear()
        self._entering.clear()

    def only(self, frame: FrameType, trace: Trace) -> None:
        """It can end by an exception, which is told of all code or of none."""
        self.stop()
        self._tool.begin(_E.PY_UNWIND)
        self.follow(frame, trace)

    def follow(self, frame: FrameType, trace: Trace | None) -> Trace | None:
        """Works between `start` or `only`, and `stop`."""
        before = self._traces.pop(frame, None)
        if trace is not None:
            self._listen(frame.f_code)
            self._traces[frame] = trace
        return before

    def check(self) -> bool:
        """Whoever takes the tool away is seen at once; calls are told of again, should anything have kept them off."""
        muted.discard(get_ident())
        return False

    def trace_of(self, frame: FrameType) -> Trace | None:
        """Kept here: Python keeps none."""
        return self._traces.get(frame)

    def _listen(self, code: CodeType) -> None:
        found = find_turns(code)
        if found is not None:
            self._turns[id(code)] = found
        self._tool.listen(code, _LOCAL if found is None else _LOCAL | _E.INSTRUCTION)

    def _thread_starts(self, frame: FrameType, event: str, arg: Any) -> Any:
        self._threads.add(get_ident())
        return self._new_threads.go_on(frame, event, arg)

    # --- what Python calls: with the frame it is about as the caller

    def _starts(self, code: CodeType, offset: int, error: BaseException | None = None) -> Any:
        if not self._is_program(code.co_filename):
            return _DISABLE if error is None else None
        thread = get_ident()
        if not self._calls or thread not in self._threads or thread in muted:
            return None
        frame = _getframe(1)
        if not self._tool.hears(code):
            self._listen(code)
        if self._doubled:
            self._last[frame] = frame.f_lineno
        self._traces[frame] = self._enter(frame)
        return None

    def _line(self, code: CodeType, line: int) -> None:
        self._arrive(_getframe(1), code)

    def _line_once(self, code: CodeType, line: int) -> None:
        frame = _getframe(1)
        if frame in self._traces and self._last.get(frame) != line:
            self._last[frame] = line
            self._arrive(frame, code)

    def _arrive(self, frame: FrameType, code: CodeType) -> None:
        trace = self._traces.get(frame)
        if trace is None:
            return
        turns = self._turns.get(id(code))
        if turns is not None and frame.f_lasti in turns.starts:
            self._entering[frame] = {frame.f_lasti}
        trace(frame, "line", None)

    def _instruction(self, code: CodeType, offset: int) -> Any:
        """About to be run: where a loop in one line begins anew, or is entered from; others are told of once."""
        starts, entries = self._turns[id(code)]
        leads = entries.get(offset)
        if leads is None and offset not in starts:
            return _DISABLE
        frame = _getframe(1)
        trace = self._traces.get(frame)
        if trace is None:
            return None
        entered = self._entering.pop(frame, ())
        if leads is not None:
            self._entering[frame] = leads
        if offset in starts and offset not in entered:
            trace(frame, "line", None)
        return None

    def _raises(self, code: CodeType, offset: int, error: BaseException) -> None:
        frame = _getframe(1)
        trace = self._traces.get(frame)
        if trace is not None:
            trace(frame, "exception", (type(error), error, error.__traceback__))

    def _returns(self, code: CodeType, offset: int, value: Any) -> None:
        self._left(_getframe(1), value)

    def _unwinds(self, code: CodeType, offset: int, error: BaseException) -> None:
        """As a trace function is told: a return of None."""
        self._left(_getframe(1), None)

    def _left(self, frame: FrameType, value: Any) -> None:
        trace = self._traces.pop(frame, None)
        if trace is not None:
            self._last.pop(frame, None)
            self._entering.pop(frame, None)
            trace(frame, "return", value)
