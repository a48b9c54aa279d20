"""Where Python is while it goes on unseen: the kernel asks by a signal, since nothing of ours runs then."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from tutor_tui.kernel.probes.shield import Shielded
from tutor_tui.kernel.record.lines import LineTracer
from tutor_tui.protocol.messages import Message, Unseen

ASK = signal.SIGURG
"""Programs have no use for it, and by default it does nothing."""
EVERY = 0.25
"""Seconds between two times that the kernel asks."""


class Glances:
    """Answers in the program's main thread, between two instructions of it."""

    def __init__(
        self, lines: LineTracer, send: Callable[[list[Message]], object], boundary: Callable[[], None]
    ) -> None:
        """`boundary` attends to what was asked for and printed, as between two steps."""
        self._lines, self._send, self._boundary = lines, send, boundary
        self._before: Any = None
        lines.on_unseen = self._unseen

    def _unseen(self, frame: FrameType | None) -> None:
        """Only a thread that runs alone goes on unseen; only the main one may set signal handlers."""
        if threading.current_thread() is not threading.main_thread():
            return
        there = signal.getsignal(ASK)
        if frame is not None and there in (signal.SIG_DFL, signal.SIG_IGN):
            self._before = there
            signal.signal(ASK, self._answer)
            self._tell(frame)
        elif frame is None and there == self._answer:
            signal.signal(ASK, self._before)
            self._send([Unseen()])

    def _answer(self, number: int, frame: FrameType | None) -> None:
        if self._lines.unseen and self._tell(frame):
            self._boundary()

    def _tell(self, frame: FrameType | None) -> bool:
        found: Unseen | None = None
        with Shielded(self._lines.fault):  # the program is interrupted, and must not get an error of ours
            found = self._lines.where(frame)
        if found is not None:
            self._send([found])
        return found is not None
