"""One forked run, seen from the kernel."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterable

from tutor_tui.errors import FrameError
from tutor_tui.kernel.host.child import run_child
from tutor_tui.kernel.host.descriptors import out_of_the_way
from tutor_tui.kernel.host.ring import Ring
from tutor_tui.kernel.program.pipes import OutputPipes
from tutor_tui.protocol.frames import Splitter, encode, kind_of
from tutor_tui.protocol.messages import Complaint, End, Question, Request, Run, Stop

PATIENCE = 1.0
"""Seconds that a program has to end after an interrupt before it is killed."""
FLOOD = 256 * 1024
"""Characters at one look that make the next look come at once."""
_READ = 256 * 1024
_PR_SET_PDEATHSIG = 1


class ForkedRun:
    """Forks the child, relays its whole frames, empties its output while it is busy, and buries it."""

    def __init__(self, run: Run, closing: Iterable[int], check: Question | None = None) -> None:
        self._capture = OutputPipes()
        self._ring = Ring()
        self._bell, bell_in = _high_pipe()
        requests_out, self._requests = _high_pipe()
        self.watched = False
        """The run has been told to be watched: it looks for requests between its iterations."""
        self._asked = False
        self.ended = False
        """The program is over; the process may still live to answer questions."""
        self._optimizes = False
        self._reaped = False
        self._splitter = Splitter()
        self._eof = False
        self._status = 0
        self.flooding = False
        """The last look at its output found so much that the next should come at once."""
        self._deadline: float | None = None
        self._stopped = False
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                _become_child(closing)
                os.close(self._bell)
                os.close(self._requests)
                run_child(bell_in, self._ring, requests_out, self._capture, run, check)
            finally:
                os._exit(70)
        os.close(bell_in)
        os.close(requests_out)
        self._capture.close_writers()
        os.set_blocking(self._bell, False)

    @property
    def listening(self) -> int:
        """The descriptor that says when frames have come; -1 where it will say so no more."""
        return -1 if self._eof else self._bell

    @property
    def loads_compiler(self) -> bool:
        """Whether it is over and has made an optimizer, as it would again."""
        return self.ended and self._optimizes

    def read(self) -> list[bytes]:
        """The whole frames that wait; the last of a run's steps marks it as ended."""
        try:
            if not os.read(self._bell, _READ):  # it is dead, or the program closed every descriptor it found:
                self._eof = True  # `tick` will know
        except BlockingIOError:
            pass
        return self._look()

    def _look(self) -> list[bytes]:
        return self._split(self._ring.read())

    def _split(self, data: bytes) -> list[bytes]:
        out: list[bytes] = []
        try:
            for frame in self._splitter.feed(data):
                out.append(frame)
                kind = kind_of(frame)
                self.ended = self.ended or kind == "end"
                self._optimizes = self._optimizes or kind == "optimizer"
        except FrameError as error:
            self.kill()
            return [*out, *self._finish(1, f"its record was corrupted: {error}")]
        return out

    def tick(self, now: float) -> list[bytes]:
        """What the program said and printed while nothing came; and the force that a stop may need."""
        if self._deadline is not None and now > self._deadline:
            self._deadline = None
            self._signal(signal.SIGKILL)
        out = self._look()
        self.flooding = False
        if self._bell < 0:  # what it said was no record, and it was killed
            return out
        if self._capture.settled(now) and self._capture.take_token():
            out += self._look()
            if self._bell < 0:
                return out
            printed = self._capture.read()
            self._capture.give_token()
            self.flooding = sum(len(s.text) for s in printed) > FLOOD
            out += [encode(s) for s in printed]
        if not self.ended and self._dead():
            out += self._look()
            if not self.ended:
                out += self._died()
        return out

    def stop(self, now: float) -> None:
        """Interrupt the program as Ctrl-C would; `tick` kills it where that does not help.

        A watched one is asked first, and gets its interrupt between two iterations.
        """
        if self.watched and not self._asked and not self.ended:
            self._asked = self.ask(Stop())
            return
        if not self.ended:
            self._stopped = True
            self._deadline = now + PATIENCE
            self._signal(signal.SIGINT)

    def ask(self, request: Request) -> bool:
        """Pass a question on; False where nobody is left to answer."""
        try:
            os.write(self._requests, encode(request))
        except OSError:
            return False
        return not self._dead()

    def kill(self) -> None:
        """End the process and everything it started, and give every descriptor back.

        It is not waited for: to take down a process that holds torch takes 30 ms.
        """
        self._signal(signal.SIGKILL)
        if self._bell >= 0:
            os.close(self._bell)
            os.close(self._requests)
            self._capture.close()
            self._bell = -1
            self._eof = True
        self.ended = True

    def _signal(self, number: int) -> None:
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            pass

    def reap(self) -> None:
        """Wait for a killed process to be gone."""
        if not self._reaped:
            os.waitpid(self.pid, 0)
            self._reaped = True

    def reaped(self) -> bool:
        """Whether the process is gone from the system's table too."""
        return self._dead()

    def _dead(self) -> bool:
        if not self._reaped:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._reaped = True
                self._status = os.waitstatus_to_exitcode(status)
        return self._reaped

    def _died(self) -> list[bytes]:
        """The process ended without a word: say how."""
        printed = [encode(s) for s in self._capture.read()]
        code = self._status
        if code >= 0:
            return printed + self._finish(code, f"the program ended its own process with status {code}")
        name = signal.Signals(-code).name
        by = "it was stopped on request" if self._stopped else "a signal killed it"
        return printed + self._finish(128 - code, f"{by}: {name} ({signal.strsignal(-code)})")

    def _finish(self, status: int, reason: str) -> list[bytes]:
        self.ended = True
        pending = self._splitter.pending
        note = Complaint(text=f"the last {pending} bytes of the record were cut off") if pending else None
        return [*([encode(note)] if note else []), encode(End(status=status, reason=reason))]


def _high_pipe() -> tuple[int, int]:
    """A pipe whose descriptors are out of a program's way and not inherited by what it executes."""
    ends = []
    for fd in os.pipe():
        ends.append(out_of_the_way(fd))
        os.close(fd)
    return ends[0], ends[1]


def _become_child(closing: Iterable[int]) -> None:
    os.setpgid(0, 0)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for fd in closing:
        os.close(fd)
