"""The kernel's loop: requests in, events out, one forked child a run."""

from __future__ import annotations

import gc
import os
import selectors
import signal
import time

import torch

from tutor_tui.errors import FrameError
from tutor_tui.kernel.runs import RunningChild
from tutor_tui.protocol.frames import encode, request_decoder
from tutor_tui.protocol.messages import (
    Check,
    Checked,
    Complaint,
    Inspect,
    Inspection,
    Message,
    Ready,
    Request,
    Run,
    Shutdown,
    Started,
    Stop,
)

TICK = 0.05
"""Seconds between looks at what a busy child has printed."""
HIGH_WATER = 4 * 1024 * 1024
"""Unsent bytes above which the child is not read: a slow link slows the run, never fills memory."""


class Server:
    """Single-threaded; never imports a program, never runs an operation, never touches CUDA."""

    def __init__(self, requests: int, events: int) -> None:
        self._requests = requests
        self._events = events
        self._decoder = request_decoder()
        self._out = bytearray()
        self._child: RunningChild | None = None
        self._checker: RunningChild | None = None
        self._asked = 0
        self._selector = selectors.DefaultSelector()
        self._killed: list[RunningChild] = []
        self._open = True
        self._wakeup = os.pipe()

    def serve(self) -> int:
        """Until the screen says so or is gone; the exit status."""
        os.set_blocking(self._requests, False)
        os.set_blocking(self._events, False)
        for fd in self._wakeup:
            os.set_blocking(fd, False)
        signal.set_wakeup_fd(self._wakeup[1])
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._terminate)
        self._selector.register(self._requests, selectors.EVENT_READ, "requests")
        self._selector.register(self._wakeup[0], selectors.EVENT_READ, "wakeup")
        gc.freeze()
        self._send(Ready(torch=str(torch.__version__), devices=devices()))
        while self._open:
            self._turn()
        self._drop_checker()
        if self._child is not None:
            self._child.kill()
            self._killed.append(self._child)
        for child in self._killed:
            child.bury()
        return 0

    def _terminate(self, *_: object) -> None:
        self._open = False

    def _turn(self) -> None:
        self._arm()
        for key, mask in self._selector.select(self._patience()):
            if key.data == "requests":
                self._read_requests()
            elif key.data == "wakeup":
                os.read(self._wakeup[0], 4096)
                self._killed = [child for child in self._killed if not child.reaped()]
            elif key.data == "events" and mask & selectors.EVENT_WRITE:
                self._write()
            elif key.data == "checker":
                self._hear_checker()
            elif key.data == "child" and self._child is not None and key.fd == self._child.listening:
                self._out += self._child.read()
        if self._checker is not None:
            self._checker.tick(time.monotonic())  # empties its output pipes
        if self._child is not None and not self._child.ended and len(self._out) < HIGH_WATER:
            self._out += self._child.tick(time.monotonic())
        self._write()

    def _patience(self) -> float | None:
        """Seconds to wait for something to happen; None, for ever, where no run is busy."""
        if self._checker is not None:
            return TICK
        if self._child is None or self._child.ended:
            return None
        return 0 if self._child.flooding and len(self._out) < HIGH_WATER else TICK

    def _arm(self) -> None:
        """Listen to the child unless too much is unsent; to the pipe out only while something is."""
        self._listen(self._events, bool(self._out), selectors.EVENT_WRITE, "events")
        for key in list(self._selector.get_map().values()):
            if key.data == "child" and (self._child is None or key.fd != self._child.listening):
                self._selector.unregister(key.fd)
        if self._child is not None and self._child.listening >= 0:
            room = len(self._out) < HIGH_WATER
            self._listen(self._child.listening, room, selectors.EVENT_READ, "child")

    def _listen(self, fd: int, wanted: bool, event: int, name: str) -> None:
        registered = fd in self._selector.get_map()
        if wanted and not registered:
            self._selector.register(fd, event, name)
        elif registered and not wanted:
            self._selector.unregister(fd)

    def _send(self, message: Message) -> None:
        self._out += encode(message)
        self._write()

    def _write(self) -> None:
        try:
            while self._out:
                del self._out[: os.write(self._events, self._out[:65536])]
        except BlockingIOError:
            pass
        except OSError:  # the screen is gone
            self._open = False
            self._out.clear()

    def _read_requests(self) -> None:
        try:
            data = os.read(self._requests, 65536)
        except BlockingIOError:
            return
        if not data:
            self._open = False
            return
        try:
            for request in self._decoder.feed(data):
                self._handle(request)
        except FrameError as error:
            self._send(Complaint(text=f"the kernel got a request it cannot read: {error}"))
            self._open = False

    def _handle(self, request: Request) -> None:
        match request:
            case Run():
                self._run(request)
            case Stop() if self._child is not None:
                self._child.stop(time.monotonic())
            case Inspect():
                self._inspect(request)
            case Check():
                self._check(request)
            case Shutdown():
                self._open = False

    def _run(self, request: Run) -> None:
        if self._child is not None:
            # before its descriptor is closed: the next child may well get the same number
            self._listen(self._child.frames, False, selectors.EVENT_READ, "child")
            self._child.kill()
            self._killed.append(self._child)
            self._child = None
        try:
            self._child = RunningChild(request, closing=self._closing())
        except OSError as error:
            self._send(Complaint(text=f"no process could be started for the run: {error.strerror}"))
            return
        self._send(Started(run=request.run, pid=self._child.pid))

    def _check(self, request: Check) -> None:
        """A process of its own runs the program again; whatever it prints goes nowhere."""
        self._drop_checker()
        try:
            self._checker = RunningChild(request.run, self._closing(), request)
        except OSError as error:
            self._send(Checked(request=request.request, what="", error=f"no process: {error.strerror}"))
            return
        self._asked = request.request
        self._listen(self._checker.frames, True, selectors.EVENT_READ, "checker")

    def _hear_checker(self) -> None:
        if self._checker is None:
            return
        answer = self._checker.read()
        if not answer and self._checker.listening < 0:
            dead = "the process that made the check died"
            answer = encode(Checked(request=self._asked, what="", error=dead))
        if answer:
            self._out += answer
            self._drop_checker()

    def _drop_checker(self) -> None:
        if self._checker is not None:
            self._listen(self._checker.frames, False, selectors.EVENT_READ, "checker")
            self._checker.kill()
            self._killed.append(self._checker)
            self._checker = None

    def _closing(self) -> tuple[int, ...]:
        """The descriptors that are the kernel's alone."""
        return self._requests, self._events, *self._wakeup

    def _inspect(self, request: Inspect) -> None:
        if self._child is None or not self._child.ask(request):
            gone = "the process of this run is gone, and its tensors with it"
            self._send(Inspection(request=request.request, preview=None, error=gone))


def devices() -> list[str]:
    """The devices a program could name, found without touching CUDA: that must not happen before a fork."""
    count = max(0, torch.cuda._device_count_nvml()) if torch.version.cuda else 0
    return ["cpu", *(f"cuda:{n}" for n in range(count))]
