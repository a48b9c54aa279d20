"""What a run has said so far, for a screen that comes later."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable

from tutor_tui.kernel.host.descriptors import out_of_the_way
from tutor_tui.kernel.host.link import Link
from tutor_tui.protocol.frames import event_decoder, kind_of
from tutor_tui.protocol.messages import Measured, Mode, Series
from tutor_tui.trace.record.curves import Curves

LOG = 1 << 30
"""Bytes of one run that are kept for a screen to come; past it only what is measured goes on."""


class Backlog:
    """All that a run has said: frames in a file without a name, and the curves, which would fill it."""

    def __init__(self) -> None:
        self.curves = Curves()
        self.full = False
        self.watched = False
        """The run is watched, or held, and not recorded."""
        self._mode = b""
        self._events = event_decoder()
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

    def take(self, frames: Iterable[bytes]) -> None:
        """Keep frames: of what is measured only the numbers, of modes only the last."""
        kept: list[bytes] = []
        for frame in frames:
            match kind_of(frame):
                case "mode":
                    self._mode = frame
                    self._measure(frame)
                case "measured" | "series":
                    self._measure(frame)
                case "unseen":
                    pass  # of no use later
                case _:
                    kept.append(frame)
        if kept:
            self._add(b"".join(kept))

    def _measure(self, frame: bytes) -> None:
        for event in self._events.feed(frame):
            if isinstance(event, Series):
                self.curves.begin(event)
            elif isinstance(event, Measured):
                self.curves.take(event)
            elif isinstance(event, Mode):
                self.watched = event.mode != "recording"

    def _add(self, frames: bytes) -> None:
        if self._file is None or self.full:
            return
        try:
            written = os.write(self._file, frames)
        except OSError:
            written = 0
        if written < len(frames):  # no room: whole frames only
            self.full = True
            os.truncate(self._file, self._size)
        else:
            self._size += written
        self.full = self.full or self._size > LOG

    def replay(self, screen: Link) -> None:
        """Queue everything for a screen."""
        if self._mode:
            screen.queue(self._mode)
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
        return out_of_the_way(file.fileno())
    finally:
        file.close()
