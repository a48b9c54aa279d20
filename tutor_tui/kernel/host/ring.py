"""The way that frames take out of a run's process: a ring in memory that the kernel sees, too.

A write to a pipe for every step would cost more than the step. What is in the ring is no less safe: of a process that
is killed, the kernel finds there all that it had said. Each side moves a counter of its own, by one call of C that no
handler of a signal can come between: what one is interrupted in has happened, or has not.
"""

from __future__ import annotations

import mmap
import time
from collections.abc import Callable

ROOM = 1024 * 1024
"""Bytes that the ring holds."""
PIECE = ROOM // 2
"""Bytes that are written at once, at most."""
PATIENCE = 0.001
"""Seconds to wait where it is full before looking again."""

_WRITTEN, _READ = 0, 1
"""The counters: how many bytes were ever written, and ever read."""
_COUNTERS = 16
"""Bytes that they take, in front of the ring itself."""


class Ring:
    """A stream of bytes from one process to another. Made before a fork: the child writes, the parent reads."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        memory = memoryview(mmap.mmap(-1, _COUNTERS + room))
        # a whole number moves in one piece, so that nobody ever sees a half of it; `struct` would write a zero first
        self._counters, self._bytes = memory[:_COUNTERS].cast("Q"), memory[_COUNTERS:]

    @property
    def written(self) -> int:
        """Bytes that were ever written."""
        return self._counters[_WRITTEN]

    @property
    def waiting(self) -> int:
        """Bytes that were written and not read."""
        return self._counters[_WRITTEN] - self._counters[_READ]

    def read(self) -> bytes:
        """All that waits."""
        read, written = self._counters[_READ], self._counters[_WRITTEN]
        at, size = read % self._room, written - read
        data = bytes(self._bytes[at : min(at + size, self._room)])
        data += self._bytes[: size - len(data)]
        self._counters[_READ] = written
        return data

    def write(self, data: bytes, full: Callable[[], object]) -> None:
        """Put `data`, not larger than the ring, behind what is there, or, where this is interrupted, nothing of it.

        `full` is called while there is no room for it, and may raise.
        """
        while self._room - self.waiting < len(data):
            full()
            time.sleep(PATIENCE)
        written = self._counters[_WRITTEN]
        at = written % self._room
        first = min(len(data), self._room - at)
        self._bytes[at : at + first] = data[:first]
        self._bytes[: len(data) - first] = data[first:]
        self._counters[_WRITTEN] = written + len(data)
