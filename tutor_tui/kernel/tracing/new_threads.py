"""The trace function with which new threads begin."""

from __future__ import annotations

import sys
import threading
from types import FrameType
from typing import Any

_set_trace = sys.settrace
_for_threads, _of_threads = threading.settrace, threading.gettrace


class NewThreads:
    """Sets ours in place of the program's own, and later the program's again."""

    def __init__(self) -> None:
        self.before: Any = None
        """The one that the program has set, None where it has not."""
        self._ours: Any = None

    def begin(self, trace: Any) -> None:
        """Threads begin with `trace` from now on."""
        if self._ours is None or _of_threads() is not self._ours:
            self.before = _of_threads()
        self._ours = trace
        _for_threads(trace)

    def go_on(self, frame: FrameType, event: str, arg: Any) -> Any:
        """In a new thread, at its first call: leave it to the program's own function from here on."""
        _set_trace(self.before)
        return self.before(frame, event, arg) if self.before is not None else None

    def end(self) -> None:
        """They begin as before; where the program has set another meanwhile, with that."""
        if self._ours is not None and _of_threads() is self._ours:
            _for_threads(self.before)
        self._ours = None
