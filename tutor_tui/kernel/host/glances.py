"""Where Python is while it goes on unseen: looked up by a thread, since nothing else of ours runs then."""

from __future__ import annotations

import os
import signal
import sys
import time
from _thread import LockType, allocate_lock, start_new_thread
from collections.abc import Callable
from threading import get_ident
from types import FrameType

from tutor_tui.kernel.program.stack import Running
from tutor_tui.kernel.record.lines import LineTracer
from tutor_tui.protocol.messages import Message, Unseen

EVERY = 0.25
"""Seconds between two looks."""


class Glances:
    """Tells where the program is, four times a second, as long as it runs unseen.

    By a thread, not by a signal, which would interrupt the program's system calls, and whose handler would run
    between its instructions. The thread takes no signal that is meant for the program, and is gone when it forks.
    """

    def __init__(self, lines: LineTracer, send: Callable[[list[Message]], object]) -> None:
        self._lines, self._send = lines, send
        self._telling = allocate_lock()  # held while something is told
        self._over: LockType | None = None  # released when the thread is to end
        self._gone: LockType | None = None  # released when it has ended
        lines.on_unseen = self._unseen
        os.register_at_fork(before=self._leave)

    def _unseen(self, frame: FrameType | None) -> None:
        if frame is not None and self._tell(lambda: frame):
            self._look(get_ident())
        elif frame is None:
            self._end()
            self._send([Unseen()])

    def _look(self, thread: int) -> None:
        over, gone = self._over, self._gone = allocate_lock(), allocate_lock()
        over.acquire()
        gone.acquire()
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
        try:
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())  # a new thread has it, too
            start_new_thread(self._run, (thread, over, gone))
        except RuntimeError:  # the program has as many threads as it may
            self._over = self._gone = None
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def _run(self, thread: int, over: LockType, gone: LockType) -> None:
        def running() -> FrameType | None:
            time.sleep(0)  # the frame is read and let go before Python lets the program go on
            return sys._current_frames().get(thread)

        try:
            while not over.acquire(timeout=EVERY):
                with self._telling:
                    if self._over is over:
                        self._tell(running)
        finally:
            gone.release()

    def _end(self) -> LockType | None:
        """Let the thread end; nothing is told any more. The lock that it releases then."""
        with self._telling:
            over, gone = self._over, self._gone
            self._over = self._gone = None
        if over is not None:
            over.release()
        return gone

    def _leave(self) -> None:
        """Before the program forks: a process of several threads should not, and Python warns of it."""
        gone = self._end()
        if gone is not None:
            gone.acquire(timeout=1)

    def _tell(self, running: Running) -> bool:
        try:
            found = self._lines.where(running)
        except Exception as error:
            self._lines.fault(error)
            return False
        if found is not None:
            self._send([found])
        return found is not None
