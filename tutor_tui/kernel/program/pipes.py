"""What a program writes to its descriptors 1 and 2, as `output` steps at the place where it belongs.

The program writes into two pipes. The child itself empties them between steps, so that a print
stands right behind the line that made it. While no step comes (a long call, a subprocess, a run
past its budget) the kernel empties them from outside, which works whatever the child is stuck in.
A token in a third pipe keeps the two from reading at once.
"""

from __future__ import annotations

import fcntl
import os
import select
import sys
import termios

from tutor_tui.protocol.messages import Output

STREAMS = {1: "stdout", 2: "stderr"}
CHUNK = 64 * 1024
PIPE_SIZE = 1024 * 1024
MUCH = 32 * 1024
"""Bytes that are read whatever the program is doing: an unenlarged pipe holds twice as many."""
SETTLED = 0.1
"""Seconds without another byte after which a program is taken to have ended its print."""
_F_SETPIPE_SZ = getattr(fcntl, "F_SETPIPE_SZ", None)


class OutputPipes:
    """The two pipes and the token; made before the fork, used on both sides of it."""

    def __init__(self) -> None:
        self.readers: dict[int, int] = {}
        self.writers: dict[int, int] = {}
        for fd in STREAMS:
            self.readers[fd], self.writers[fd] = os.pipe()
            os.set_blocking(self.readers[fd], False)
            _enlarge(self.writers[fd])
        self._sizes: list[int] = []
        self._since = 0.0
        self._token = os.pipe()
        os.set_blocking(self._token[0], False)
        os.write(self._token[1], b"t")
        self._poll = select.poll()
        for reader in self.readers.values():
            self._poll.register(reader, select.POLLIN)
        self._token_poll = select.poll()
        self._token_poll.register(self._token[0], select.POLLIN)

    def redirect(self) -> None:
        """In the child: make the pipes descriptors 1 and 2."""
        for fd, writer in self.writers.items():
            os.dup2(writer, fd)
            os.close(writer)
        self.writers = {}

    def close_writers(self) -> None:
        """In the kernel, after the fork."""
        for writer in self.writers.values():
            os.close(writer)
        self.writers = {}

    def close(self) -> None:
        """Give every descriptor back."""
        self.close_writers()
        for fd in (*self.readers.values(), *self._token):
            os.close(fd)

    def waiting(self) -> bool:
        """Whether the program wrote something that nobody has read; one system call."""
        return any(event & select.POLLIN for _, event in self._poll.poll(0))

    def settled(self, now: float) -> bool:
        """Whether what waits has not grown for a while, or is much.

        One `print` writes several times: between two of them is no time to read.
        """
        sizes = [_unread(reader) for reader in self.readers.values()]
        if sizes != self._sizes:
            self._sizes, self._since = sizes, now
        return sum(sizes) > MUCH or (sum(sizes) > 0 and now - self._since > SETTLED)

    def take_token(self) -> bool:
        """Become the only reader; False while the other side is."""
        try:
            return bool(os.read(self._token[0], 1))
        except BlockingIOError:
            return False

    def give_token(self) -> None:
        """Let the other side read."""
        os.write(self._token[1], b"t")

    def wait_token(self) -> bool:
        """Become the only reader as soon as the other side is done, which takes microseconds."""
        self._token_poll.poll(1000)
        return self.take_token()

    def read(self) -> list[Output]:
        """Everything that waits now, by one read a stream; the caller holds the token."""
        steps: list[Output] = []
        for fd, reader in self.readers.items():
            try:
                data = os.read(reader, PIPE_SIZE)
            except BlockingIOError:
                continue
            if data:
                steps += split(STREAMS[fd], data)
        return steps


def split(stream: str, data: bytes) -> list[Output]:
    """Steps for some bytes, in pieces of at most `CHUNK` characters; `raw` where they are no UTF-8."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return [
            Output(stream=stream, text=piece.decode("utf-8", "backslashreplace"), raw=piece)
            for piece in (data[i : i + CHUNK] for i in range(0, len(data), CHUNK))
        ]
    return [Output(stream=stream, text=text[i : i + CHUNK]) for i in range(0, len(text), CHUNK)]


def _unread(fd: int) -> int:
    """How many bytes wait in a pipe."""
    waiting = bytearray(4)
    fcntl.ioctl(fd, termios.FIONREAD, waiting)
    return int.from_bytes(waiting, sys.byteorder)


def _enlarge(fd: int) -> None:
    if _F_SETPIPE_SZ is not None:
        try:
            fcntl.fcntl(fd, _F_SETPIPE_SZ, PIPE_SIZE)
        except OSError:  # over the user's quota: the usual size will do
            pass
