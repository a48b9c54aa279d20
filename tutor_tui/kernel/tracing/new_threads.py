"""The trace function with which new threads begin."""

from __future__ import annotations

import threading
from typing import Any


class NewThreads:
    """Puts ours in the place of the program's own, and that one back."""

    def __init__(self) -> None:
        self.before: Any = None
        """The one that the program has set, None where it has not."""
        self._ours: Any = None

    def begin(self, trace: Any) -> None:
        """Threads begin with `trace` from now on."""
        if self._ours is None or threading.gettrace() is not self._ours:
            self.before = threading.gettrace()
        self._ours = trace
        threading.settrace(trace)

    def end(self) -> None:
        """They begin as before; where the program has set another meanwhile, with that."""
        if self._ours is not None and threading.gettrace() is self._ours:
            threading.settrace(self.before)
        self._ours = None
