"""Frames on their way out of a process, in memory that the process which reads them sees, too.

A write to a pipe for every step would cost more than the step. So frames gather here, and go into the pipe many at
once. They are no less safe: of a process that is killed, what it had not written is still here.
"""

from __future__ import annotations

import mmap
import os
import struct
from zlib import crc32

ROOM = 256 * 1024
"""Bytes that gather at most."""

_HEAD = struct.Struct("=QII")
"""Where in the whole stream the first byte stands, how many bytes there are, and their checksum."""


class Unsent:
    """A stream of bytes whose end is not in the pipe yet. Made before a fork: the child writes, the parent reads."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _HEAD.size + ROOM)
        self._start = self._size = self._check = 0

    def add(self, data: bytes, pipe: int) -> None:
        """The writer's: put `data` behind what is there; what has no room goes into the pipe. Raises `OSError`."""
        if self._size + len(data) > ROOM:
            self.send(pipe)
        if len(data) > ROOM:
            _write(pipe, data)
            self._written(len(data))
            return
        at = _HEAD.size + self._size
        self._memory[at : at + len(data)] = data
        self._size += len(data)
        self._check = crc32(data, self._check)
        _HEAD.pack_into(self._memory, 0, self._start, self._size, self._check)

    def send(self, pipe: int) -> None:
        """The writer's: put all that is there into the pipe. Raises `OSError`."""
        if self._size:
            _write(pipe, self._memory[_HEAD.size : _HEAD.size + self._size])
            self._written(self._size)

    def since(self, offset: int) -> bytes:
        """The reader's: what is there from a place in the stream on; nothing while that is being changed."""
        start, size, check = _HEAD.unpack_from(self._memory)
        data = self._memory[_HEAD.size : _HEAD.size + size]
        return data[offset - start :] if offset >= start and crc32(data) == check else b""

    def _written(self, size: int) -> None:
        self._start += size
        self._size = self._check = 0
        _HEAD.pack_into(self._memory, 0, self._start, 0, 0)


def _write(pipe: int, data: bytes) -> None:
    while data:
        data = data[os.write(pipe, data) :]
