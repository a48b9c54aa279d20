"""Work that waits, done in its order by one thread at a time, in spite of handlers of signals."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any


class Turns:
    """Empties a queue. Other threads wait meanwhile; what a handler of a signal adds is done at the end."""

    def __init__(self, waiting: deque[Any], work: Callable[[], None]) -> None:
        """`work` empties `waiting`, or raises and leaves the rest in it."""
        self._waiting, self._work = waiting, work
        self._lock = threading.RLock()
        self._busy = False

    def run(self) -> None:
        """Do all that waits; where it is this thread's turn already, nothing: what is under way will do it."""
        with self._lock:
            while self._waiting and not self._busy:
                self._busy = True
                try:
                    self._work()
                finally:
                    self._busy = False
