"""The forked process of one run: it runs the program, then stays to answer for its live tensors."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections import deque
from collections.abc import Sequence

from tutor_tui.kernel.again.first_bad_value import run_search
from tutor_tui.kernel.again.gradient_check import run_check
from tutor_tui.kernel.again.landscape import run_sampling
from tutor_tui.kernel.host.ahead import give_way
from tutor_tui.kernel.host.controller import Controller
from tutor_tui.kernel.host.glances import Glances
from tutor_tui.kernel.host.ring import PIECE, Ring
from tutor_tui.kernel.probes.shield import let_through
from tutor_tui.kernel.probes.turns import Turns
from tutor_tui.kernel.program.main import forget_exit_functions, fresh_streams
from tutor_tui.kernel.program.pipes import OutputPipes
from tutor_tui.protocol.frames import encode, request_decoder
from tutor_tui.protocol.messages import (
    Answer,
    Bad,
    Check,
    Complaint,
    Continue,
    FindBad,
    Inspect,
    Message,
    Note,
    Question,
    Request,
    Run,
    Sample,
)

EVERY = 0.005
"""Seconds between two bells, as long as anything is recorded."""
NO_KEYBOARD = (
    "The program read its standard input, which is empty here: there is no keyboard. Put the input in the "
    "program or in a file that it opens, or pass it as an argument."
)


class _Piece:
    """Bytes on their way, and how many will ever have been written when they are there; 0 while nobody knows."""

    def __init__(self, data: bytes) -> None:
        self.data, self.until = data, 0


class Child:
    """The pipes of a run, seen from inside: frames go out, requests come in between steps."""

    def __init__(self, bell: int, ring: Ring, requests: int, capture: OutputPipes) -> None:
        """What is written into `bell` tells the kernel to look into the ring."""
        self._bell, self._ring = bell, ring
        os.set_blocking(bell, False)
        self._due = 0.0
        self._unsent: deque[_Piece] = deque()
        self._sending = Turns(self._unsent, self._pass_on)
        self._requests = requests
        self._capture = capture
        self._decoder = request_decoder()
        self._poll = select.poll()
        for fd in (requests, *capture.readers.values()):
            self._poll.register(fd, select.POLLIN)
        self._controller: Controller | None = None
        self._broken = False
        # who answers a request may wait for whoever writes a step, who writes never waits for an answer
        self._asked = threading.RLock()

    def main(self, run: Run, check: Question | None) -> None:
        """Run the program to its end, answer questions until the kernel hangs up, then exit.

        For a check, run it unseen up to where it can be answered, and exit.
        """
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._capture.redirect()
        fresh_streams(self._reads)
        forget_exit_functions()
        give_way(os.getcwd() if run.module else os.path.dirname(run.path))
        os.register_at_fork(after_in_child=self._mute)
        if check is not None:
            self._check(check)
        self._controller = Controller(run, self._take, self.boundary, self._wait)
        Glances(self._controller.recorder.lines, self.send)
        status = self._controller.run()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while not self._broken:
            self._answer()
        os._exit(status)

    def _check(self, check: Question) -> None:
        def answer(found: Answer) -> None:
            self.send([found])
            if not isinstance(found, Bad) or found.done:
                os._exit(0)

        match check:
            case FindBad():
                answer(run_search(check, answer))
            case Sample():
                answer(run_sampling(check, answer))
            case Check():
                answer(run_check(check, answer))

    def send(self, messages: Sequence[Message]) -> int:
        """Say something now; a program that closed every descriptor loses its record, never its run."""
        size = self._take(messages)
        self._ring_bell()
        return size

    def _take(self, messages: Sequence[Message]) -> int:
        """Say something that the kernel may find by itself, or at the next bell."""
        if self._broken:
            return 0
        data = b"".join([encode(m) for m in messages])
        # all at once: nothing may come between the parts of a frame
        self._unsent.extend([_Piece(data[at : at + PIECE]) for at in range(0, len(data), PIECE)])
        self._sending.run()
        return len(data)

    def _pass_on(self) -> None:
        """Put what is unsent into the ring. Wherever this is interrupted, the next call goes on from there."""
        try:
            while self._unsent:
                piece = self._unsent[0]
                if not piece.until:
                    piece.until = self._ring.written + len(piece.data)
                if self._ring.written < piece.until:
                    self._ring.write(piece.data, self._full)
                self._unsent.popleft()
        except OSError as error:
            let_through(error)  # a handler of a signal often raises a TimeoutError, which is one
            self._broken = True
            self._unsent.clear()

    def _ring_bell(self) -> None:
        """Have the kernel look, if there is anything."""
        if self._broken or not self._ring.waiting:
            return
        try:
            os.write(self._bell, b"!")
        except BlockingIOError:
            pass  # it has rung often enough
        except OSError as error:
            let_through(error)
            self._broken = True

    def _full(self) -> None:
        """The ring has no room: the kernel is to read, if it is there."""
        self._ring_bell()
        if self._broken:
            raise BrokenPipeError

    def boundary(self) -> None:
        """Between two steps: report what was printed, answer what was asked. One system call if nothing."""
        if self._broken:
            return
        now = time.monotonic()
        if now >= self._due:
            self._due = now + EVERY
            self._ring_bell()
        with self._asked:
            ready = self._poll.poll(0)
            if ready:
                self._attend(ready)

    def _attend(self, ready: list[tuple[int, int]]) -> None:
        if any(event & select.POLLNVAL for _, event in ready):
            self._broken = True  # the program closed every descriptor it found
            return
        if any(fd == self._requests for fd, _ in ready):
            self._answer()
        if self._capture.waiting() and self._capture.wait_token():
            try:
                self.send(self._capture.read())
            finally:  # a handler of a signal may raise in here: who waits for the token would wait for ever
                self._capture.give_token()

    def _wait(self) -> None:
        """Until the screen has asked for something. Nobody left to ask lets the program go on."""
        self._ring_bell()
        ready = self._poll.poll()
        with self._asked:
            self._attend(ready)
        if self._broken and self._controller is not None:
            self._controller.handle(Continue())

    def _reads(self) -> None:
        if self._controller is not None:
            self._controller.recorder.emit.always(Note(text=NO_KEYBOARD))

    def _answer(self) -> None:
        """Read requests, waiting for one where there is none; nobody left to ask ends the child."""
        self._ring_bell()
        try:
            data = os.read(self._requests, 65536)
        except OSError as error:
            let_through(error)
            data = b""
        if not data:
            self._broken = True
            return
        for request in self._decoder.feed(data):
            if self._controller is not None:
                self._handle(request, self._controller)

    def _handle(self, request: Request, controller: Controller) -> None:
        if isinstance(request, Inspect):
            self.send([controller.inspect(request)])
        else:
            controller.handle(request)

    def _mute(self) -> None:
        """In a process that the program forks: it is not recorded, and must not write frames."""
        self._broken = True
        if self._controller is not None:
            self._controller.recorder.lines.abandon()
            self._controller.recorder.emit.mute()


def run_child(
    bell: int, ring: Ring, requests: int, capture: OutputPipes, run: Run, check: Question | None
) -> None:
    """Never returns."""
    child = Child(bell, ring, requests, capture)
    try:
        child.main(run, check)
    except BaseException as error:
        import traceback

        child.send([Complaint(text=f"the recorder itself failed: {error!r}\n{traceback.format_exc()}")])
    os._exit(70)
