"""Work that waits, done in its order by one at a time, whoever may interrupt it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any


class Turns:
    """Empties a queue: other threads wait meanwhile; what a handler of a signal adds in the middle comes behind."""

    def __init__(self, waiting: deque[Any], work: Callable[[], None]) -> None:
        """`work` empties `waiting`, or raises."""
        self._waiting, self._work = waiting, work
        self._lock = threading.RLock()
        self._busy = False

    def run(self) -> None:
        """Return when nothing waits; from within the work itself, at once."""
        with self._lock:
            while self._waiting and not self._busy:
                self._busy = True
                try:
                    self._work()
                finally:
                    self._busy = False
