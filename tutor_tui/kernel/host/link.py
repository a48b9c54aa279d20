"""The screen that a kernel talks to: bytes out, requests in; and what a run has said so far, for the next one."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections import deque
from collections.abc import Iterator

from tutor_tui.protocol.frames import encode, request_decoder
from tutor_tui.protocol.messages import Message, Request
from tutor_tui.trace.record.curves import Curves

CHUNK = 65536
LOG = 1 << 30
"""Bytes of one run that are kept for a screen to come; past it only what is measured goes on."""


class Link:
    """One end of a pair of pipes, or of a socket."""

    def __init__(self, requests: int, events: int) -> None:
        self.requests, self.events = requests, events
        for fd in (requests, events):
            os.set_blocking(fd, False)
        self._decoder = request_decoder()
        self._out = bytearray()
        self._files: deque[tuple[int, int, int]] = deque()

    @property
    def pending(self) -> int:
        """Unsent bytes in memory."""
        return len(self._out)

    @property
    def busy(self) -> bool:
        """Whether anything is unsent."""
        return bool(self._out or self._files)

    def send(self, message: Message) -> None:
        """Queue a message."""
        self._out += encode(message)

    def queue(self, frames: bytes) -> None:
        """Queue whole frames."""
        self._out += frames

    def replay(self, fd: int, size: int) -> None:
        """Queue the first `size` bytes of a file, which is closed then, before all that is queued from now on."""
        self._files.append((fd, len(self._out), size))

    def write(self) -> None:
        """Send what goes without waiting; `OSError` where nobody is there."""
        try:
            while self._files:
                fd, before, size = self._files[0]
                if before:
                    sent = os.write(self.events, self._out[: min(before, CHUNK)])
                    del self._out[:sent]
                    self._files[0] = fd, before - sent, size
                    continue
                self._files[0] = fd, 0, self._send_file(fd, size)
                if not self._files[0][2]:
                    self._files.popleft()
                    os.close(fd)
            while self._out:
                del self._out[: os.write(self.events, self._out[:CHUNK])]
        except BlockingIOError:
            pass

    def _send_file(self, fd: int, left: int) -> int:
        """Send a piece of what is left of a file from its current position; what is left then."""
        data = os.read(fd, min(left, CHUNK))
        if not data:
            return 0
        try:
            sent = os.write(self.events, data)
        except BlockingIOError:
            os.lseek(fd, -len(data), os.SEEK_CUR)
            raise
        os.lseek(fd, sent - len(data), os.SEEK_CUR)
        return left - sent

    def read(self) -> Iterator[Request]:
        """The requests that wait; `EOFError` where the screen is gone, `FrameError` for what is no request."""
        try:
            data = os.read(self.requests, CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            raise EOFError
        yield from self._decoder.feed(data)

    def close(self) -> None:
        """Hang up."""
        for fd in {self.requests, self.events, *(file[0] for file in self._files)}:
            os.close(fd)


class Backlog:
    """All that a run has said: frames in a file without a name, and the curves, which would fill it."""

    def __init__(self) -> None:
        self.curves = Curves()
        self.full = False
        self._size = 0
        try:
            self._file: int | None = _nameless_file()
        except (
            OSError
        ):  # no folder can be written: a screen that comes later sees what is measured from then on
            self._file = None
            self.full = True

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What a program must not inherit."""
        return () if self._file is None else (self._file,)

    def add(self, frame: bytes) -> None:
        """Keep one frame."""
        if self._file is None or self.full:
            return
        try:
            self._size += os.write(self._file, frame)
        except OSError:
            self.full = True
            os.truncate(self._file, self._size)
        self.full = self.full or self._size > LOG

    def replay(self, screen: Link) -> None:
        """Queue everything for a screen."""
        if self._file is not None:
            reader = os.open(f"/dev/fd/{self._file}", os.O_RDONLY)
            screen.replay(reader, self._size)
        for message in self.curves.messages():
            screen.send(message)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _nameless_file() -> int:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - its descriptor outlives it
    try:
        return fcntl.fcntl(file.fileno(), fcntl.F_DUPFD_CLOEXEC, 200)  # out of the program's way
    finally:
        file.close()
