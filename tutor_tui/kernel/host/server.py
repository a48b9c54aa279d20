"""The kernel's loop: requests in, events out, one forked child a run."""

from __future__ import annotations

import gc
import os
import selectors
import signal
import time
from contextlib import suppress

from tutor_tui.errors import FrameError
from tutor_tui.kernel.host.ahead import Ahead
from tutor_tui.kernel.host.backlog import Backlog
from tutor_tui.kernel.host.descriptions import describe
from tutor_tui.kernel.host.devices import ready
from tutor_tui.kernel.host.forked import ForkedRun
from tutor_tui.kernel.host.link import Link
from tutor_tui.kernel.host.listener import Listener
from tutor_tui.kernel.host.parent import ParentLink
from tutor_tui.kernel.host.receive import tidy
from tutor_tui.kernel.host.second_run import SecondRun
from tutor_tui.kernel.host.waiter import Waiter
from tutor_tui.protocol.messages import (
    Attached,
    Check,
    Complaint,
    Continue,
    Describe,
    Detach,
    Detached,
    FindBad,
    Freeze,
    FreezeWhen,
    Hello,
    Inspect,
    Inspection,
    Message,
    Pause,
    Question,
    Request,
    Run,
    Sample,
    SetRate,
    Shutdown,
    Started,
    Stop,
    Watch,
)

TICK = 0.05
"""Seconds between looks at what a busy child has printed."""
LINGER = 24 * 3600.0
"""Seconds that a detached run which is over waits for somebody to look at it."""


class Server:
    """Never imports a program, never runs an operation, never touches CUDA. Has one thread, apart from `Ahead`'s."""

    def __init__(self, requests: int, events: int, hello: Hello, parent: ParentLink) -> None:
        self._hello, self._parent = hello, parent
        self._began = time.time()
        self._screen: Link | None = Link(requests, events)
        self._listener = Listener()
        self._log = Backlog()
        self._run_asked: Run | None = None
        self._child: ForkedRun | None = None
        self._waiter = Waiter()
        self._killed: list[ForkedRun] = []
        self._second = SecondRun(self._gone)
        self._ahead = Ahead(self._wake)
        self._held: list[Request] = []
        """What waits until a process may be forked, and what came behind it."""
        self._open = True
        self._until: float | None = None
        self._wakeup = os.pipe()

    def serve(self) -> int:
        """Until the screen says so or is gone; the exit status."""
        for fd in self._wakeup:
            os.set_blocking(fd, False)
        signal.set_wakeup_fd(self._wakeup[1])
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._terminate)
        gc.freeze()
        self._send(ready())
        while self._open:
            self._turn()
        self._listener.close()
        self._second.drop()
        if self._child is not None:
            self._child.kill()
            self._killed.append(self._child)
        for child in self._killed:
            child.reap()
        if self._run_asked is not None:
            tidy(self._run_asked.path, self._began)
        return 0

    def _wake(self) -> None:
        """From another thread: there is something to do."""
        with suppress(BlockingIOError):  # it will wake up anyhow
            os.write(self._wakeup[1], b"!")

    def _terminate(self, *_: object) -> None:
        self._open = False

    def _turn(self) -> None:
        self._arm()
        for fd, name, mask in self._waiter.wait(self._patience()):
            if name == "requests":
                self._read_requests()
            elif name == "wakeup":
                os.read(self._wakeup[0], 4096)
                self._killed[:] = [child for child in self._killed if not child.reaped()]
            elif name == "events" and mask & selectors.EVENT_WRITE:
                self._write()
            elif name == "listener":
                self._welcome()
            elif name == "second":
                self._pass_on(self._second.hear())
            elif name == "child" and self._child is not None and fd == self._child.listening:
                self._relay(self._child.read())
        now = time.monotonic()
        self._pass_on(self._second.tick(now))
        if self._child is not None and not self._child.ended and self._room():
            self._relay(self._child.tick(now))
        if self._screen is not None and self._child is not None and self._child.loads_compiler:
            self._ahead.begin()
        if self._held and not self._ahead.busy:
            held, self._held = self._held, []
            for request in held:
                self._handle(request)
        if self._until is not None and now > self._until:
            self._open = False
        self._write()

    def _room(self) -> bool:
        """Whether the screen has kept up; a run without one is never held up."""
        watched = self._child is not None and self._child.watched
        return self._screen is None or self._screen.has_room(watched)

    def _patience(self) -> float | None:
        """Seconds to wait for something to happen; None, for ever, where no run is busy."""
        if self._second.runs:
            return TICK
        if self._child is None or self._child.ended:
            return None if self._until is None else max(0.0, self._until - time.monotonic())
        return 0 if self._child.flooding and self._room() else TICK

    def _arm(self) -> None:
        """Listen to the child unless too much is unsent; to the pipe out only while something is."""
        screen = self._screen
        wanted: dict[int, tuple[int, str]] = {self._wakeup[0]: (selectors.EVENT_READ, "wakeup")}
        if self._second.listening >= 0:
            wanted[self._second.listening] = (selectors.EVENT_READ, "second")
        if self._child is not None and self._child.listening >= 0 and self._room():
            wanted[self._child.listening] = (selectors.EVENT_READ, "child")
        if screen is not None:
            wanted[screen.requests] = (selectors.EVENT_READ, "requests")
            if screen.busy:
                both = selectors.EVENT_WRITE | (
                    selectors.EVENT_READ if screen.events == screen.requests else 0
                )
                wanted[screen.events] = (both, "requests" if screen.events == screen.requests else "events")
        if self._listener.listening >= 0:
            wanted[self._listener.listening] = (selectors.EVENT_READ, "listener")
        self._waiter.want(wanted)

    def _relay(self, frames: list[bytes]) -> None:
        """Pass on what the child says, and keep it."""
        self._log.take(frames)
        if self._child is not None:
            self._child.watched = self._log.watched
        if self._screen is not None:
            self._screen.queue(b"".join(frames))

    def _send(self, message: Message) -> None:
        if self._screen is not None:
            self._screen.send(message)
            self._write()

    def _write(self) -> None:
        if self._screen is None:
            return
        try:
            self._screen.write()
        except OSError:
            self._lost()

    def _read_requests(self) -> None:
        screen = self._screen
        if screen is None:
            return
        try:
            for request in screen.read():
                self._handle(request)
        except EOFError:
            if screen is self._screen:
                self._lost()
        except FrameError as error:
            self._send(Complaint(text=f"the kernel got a request it cannot read: {error}"))
            self._lost()

    def _handle(self, request: Request) -> None:
        forks = isinstance(request, (Run, Check, Sample, FindBad))
        if not isinstance(request, Shutdown) and (self._held or (forks and self._ahead.busy)):
            self._held.append(request)
            return
        match request:
            case Run():
                self._run(request)
            case Stop() if self._child is not None:
                self._child.stop(time.monotonic())
            case Inspect():
                self._inspect(request)
            case Describe():
                self._send(describe(request))
            case Check() | Sample() | FindBad():
                self._run_again(request)
            case Shutdown():
                self._open = False
            case Detach():
                self._detach()
            case Freeze() | Pause() | Continue() | Watch() | FreezeWhen() | SetRate() if (
                self._child is not None
            ):
                self._child.ask(request)

    # --- screens that go and come

    def _lost(self) -> None:
        """The screen is gone: a run that is to be kept goes on without it."""
        self._held = []
        if self._screen is not None:
            self._screen.close()
            self._screen = None
        kept = self._run_asked is not None and self._run_asked.keep
        busy = self._child is not None and not self._child.ended
        if not self._listener.is_open and not (kept and busy and self._listen()):
            self._open = False
        else:
            self._alone()
            self._parent.let_go()

    def _detach(self) -> None:
        """The screen goes by itself."""
        if self._run_asked is None or self._child is None:
            self._send(Complaint(text="There is no run to detach."))
            return
        if self._listen():
            self._send(Detached(name=self._listener.name))

    def _listen(self) -> bool:
        try:
            self._listener.open(self._run_asked.path if self._run_asked is not None else "")
        except OSError as error:
            text = f"The run cannot be detached: its socket could not be created ({error.strerror or error})."
            self._send(Complaint(text=text))
            return False
        return True

    def _alone(self) -> None:
        """Nobody looks any more: a program that was held goes on, and one that is over waits a day."""
        self._until = time.monotonic() + LINGER
        if self._child is not None and not self._child.ended:
            self._until = None
            self._child.ask(Continue())

    def _welcome(self) -> None:
        """Another screen: it takes the place of the one before, and gets the whole record."""
        channel = self._listener.accept()
        if channel < 0:
            return
        if self._screen is not None:
            self._send(Complaint(text="Another screen took over this run; this one is dropped."))
            self._screen.close()
            self._held = []
        self._until = None
        screen = self._screen = Link(channel, channel)
        screen.greet(self._hello, ready())
        if self._run_asked is not None and self._child is not None:
            screen.send(Attached(run=self._run_asked))
            screen.send(Started(run=self._run_asked.run, pid=self._child.pid))
            self._log.replay(screen)

    # --- runs

    def _run(self, request: Run) -> None:
        if self._child is not None:
            self._child.kill()
            self._killed.append(self._child)
            self._child = None
        self._log.close()
        self._log = Backlog()
        self._run_asked = request
        self._arm()  # the same
        try:
            self._child = ForkedRun(request, closing=self._closing())
        except OSError as error:
            self._send(Complaint(text=f"no process could be started for the run: {error.strerror}"))
            return
        self._send(Started(run=request.run, pid=self._child.pid))

    def _run_again(self, request: Question) -> None:
        for answer in self._second.start(request, self._closing()):
            self._send(answer)

    def _gone(self, run: ForkedRun) -> None:
        self._killed.append(run)
        self._arm()

    def _pass_on(self, answer: bytes) -> None:
        if answer and self._screen is not None:
            self._screen.queue(answer)

    def _closing(self) -> tuple[int, ...]:
        """The descriptors that are the kernel's alone."""
        screen = (self._screen.requests, self._screen.events) if self._screen is not None else ()
        others = (self._listener, self._log, self._parent)
        return tuple({*screen, *self._wakeup, *(fd for other in others for fd in other.descriptors)})

    def _inspect(self, request: Inspect) -> None:
        if self._child is None or not self._child.ask(request):
            gone = "this run's process is gone, and so are its tensors"
            self._send(Inspection(request=request.request, preview=None, error=gone))
