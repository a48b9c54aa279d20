"""The link to the screen that a kernel talks to: bytes out, requests in."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator

from tutor_tui.protocol.frames import PREAMBLE, encode, request_decoder
from tutor_tui.protocol.messages import Hello, Message, Ready, Request

CHUNK = 65536

HIGH_WATER = 4 * 1024 * 1024
"""Unsent bytes above which the child is not read: a slow link slows the run, never fills memory."""
HIGH_WATER_WATCHED = 64 * 1024 * 1024
"""The same for a run that is watched, and should not be slowed: what is measured is little."""


class Link:
    """One end of a pair of pipes, or of a socket."""

    def __init__(self, requests: int, events: int) -> None:
        self.requests, self.events = requests, events
        for fd in (requests, events):
            os.set_blocking(fd, False)
        self._decoder = request_decoder()
        self._out = bytearray()
        self._files: deque[tuple[int, int, int]] = deque()

    def has_room(self, watched: bool) -> bool:
        """Whether the screen has kept up with a run, `watched` or recorded."""
        return len(self._out) < (HIGH_WATER_WATCHED if watched else HIGH_WATER)

    @property
    def busy(self) -> bool:
        """Whether anything is unsent."""
        return bool(self._out or self._files)

    def greet(self, hello: Hello, ready: Ready) -> None:
        """Queue what a screen expects first."""
        self.queue(PREAMBLE)
        self.send(hello)
        self.send(ready)

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
