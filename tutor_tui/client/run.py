"""One run at a time, as its owner sees it: the kernel, the program, the record as it grows, how it is going."""

from __future__ import annotations

import asyncio
import os
import tokenize
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tutor_tui.client.changes import Began, Change, Ended, Grew, Left, ModeChanged, Moved, NotFinite, Said
from tutor_tui.client.process import Kernel, KernelProcess
from tutor_tui.client.session import Session
from tutor_tui.client.target import Target
from tutor_tui.client.whereabouts import Whereabouts
from tutor_tui.errors import FrameError, KernelError
from tutor_tui.protocol.messages import (
    Attached,
    Axis,
    Bad,
    Checked,
    Complaint,
    Continue,
    Described,
    Detach,
    Detached,
    End,
    Event,
    Failure,
    Finding,
    Freeze,
    FreezeWhen,
    Hello,
    Inspection,
    Measured,
    Mode,
    Pause,
    Ready,
    Sampled,
    SetRate,
    Source,
    Started,
    Unseen,
    Watch,
)
from tutor_tui.text.safe import safe
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.run_state import state_text

if TYPE_CHECKING:
    from tutor_tui.client.ssh import Host

SOON = 20.0
"""Seconds of a run that may be run again unasked, to find a value that is NaN or infinite."""
COMPARED = 60_000
"""Steps of a record that is kept to be compared with the next run's."""


class Run:
    """Owns the session with a kernel, and the trace of the program that it runs.

    Whoever shows it iterates over `changes()`, once, and looks at the attributes whenever it draws.
    """

    def __init__(self, kernel: Kernel, host: Host | None = None, attached: bool = False) -> None:
        """`host` says where the kernel runs, where that is not here; `attached`, that the run was there before."""
        self.host, self.attached = host, attached
        self.target: Target | None = None
        """The program that runs, or ran last."""
        self.trace = Trace()
        self.before: Trace | None = None
        """The record of the run before, where it was of the same program."""
        self.status = "starting the kernel"
        self.notice = "Starting PyTorch…"
        """What to say as long as there is no step to tell of."""
        self.lost = ""
        """How the link to the kernel was lost; "" where it was not."""
        self.unseen = Whereabouts()
        """Where the program is while it goes on unseen."""
        self.bad: Bad | None = None
        """Where the first value that is NaN or infinite came from, once that has been found."""
        self.left = ""
        """The name under which the run goes on without us, "" where it does not."""
        self._session = Session(kernel)
        self._comparable = False
        self._warned = False
        self._again = asyncio.Event()

    # --- how it is

    @property
    def settled(self) -> bool:
        """Whether the run is over."""
        return self.trace.end is not None

    @property
    def reachable(self) -> bool:
        """Whether there is a program that can still be asked something."""
        return self.trace.end is None and not self.lost

    @property
    def mode(self) -> str:
        """`recording`, `watching`, `frozen` or `paused`; "" for a run that is recorded whole."""
        return self.trace.mode.mode if self.trace.mode is not None else ""

    @property
    def held(self) -> bool:
        """Whether the program waits for us."""
        return self.mode in ("frozen", "paused")

    @property
    def trains(self) -> bool:
        """Whether ending the run would end what may have taken hours."""
        mode = self.trace.mode
        training = mode is not None and (mode.mode != "recording" or bool(mode.reason))
        return self.reachable and (training or self.attached)

    def program(self) -> tuple[str | None, str]:
        """The text of the program as it runs now, None where there is none to edit; and as it was at first."""
        target = self.target
        if target is None or target.module:
            return None, ""
        if self.host is not None or self.attached:
            there = self.trace.sources.get(target.path, "")
            return (there if target.source is None else target.source), there
        try:
            with tokenize.open(target.path) as file:
                original = file.read()
        except (OSError, SyntaxError, UnicodeDecodeError):
            original = target.source or ""
        return (original if target.source is None else target.source), original

    # --- what is asked of it

    def start(self, target: Target) -> None:
        """Run a program, which ends the one before; on a new kernel, where the old one is gone."""
        self._comparable = self.target is not None and self.target.path == target.path
        self.target = target
        if self.lost:
            self._session.close()
            self._session = Session(self._start())
            self.lost = ""
            self._again.set()
        if not self.trace.sources:
            self._read_ahead()
        self._session.run(target)

    def _read_ahead(self) -> None:
        """The program's text, where it lies here: it can be read before PyTorch is there."""
        if self.host is not None or self.attached or self.target is None or self.target.module:
            return
        text, _ = self.program()
        if text:
            path = os.path.abspath(os.path.expanduser(self.target.path))
            self.trace.extend([Source(file=path, text=text)])

    def start_again(self) -> None:
        """Run the same program again."""
        if self.target is not None:
            self.start(self.target)

    def start_source(self, source: str | None) -> None:
        """Run the same program with another text; None for its own."""
        if self.target is not None:
            self.start(replace(self.target, source=source))

    def stop(self) -> None:
        """End the program that runs."""
        self._session.stop()

    def ask(self, request: Freeze | Pause | Continue | Watch | FreezeWhen | SetRate) -> None:
        """Ask something of a watched run."""
        self._session.ask(request)

    def leave(self) -> str:
        """Let the run go on without us; why it cannot, "" where it was asked to (`Left` follows)."""
        if not self.reachable or not self.mode:
            return "There is no watched run to detach."
        self._session.ask(Detach())
        return ""

    def close(self) -> None:
        """Hang up, whichever kernel it is by now; a run that was left alone goes on."""
        self._session.close(leave=bool(self.left))

    async def inspect(self, tensor: int, index: list[int]) -> Inspection:
        """A tensor's values as they are now, and one slice of it."""
        try:
            return await self._session.inspect(tensor, index)
        except KernelError as error:
            return Inspection(request=0, preview=None, error=str(error))

    async def check(self, node: int | None, iteration: int) -> Checked | None:
        """Compare gradients with finite differences, in a second run; None where the kernel goes away."""
        if self.target is None:
            return None
        try:
            return await self._session.check(self.target, node=node, iteration=iteration)
        except KernelError:
            return None  # `changes` says so

    async def sample(self, iteration: int, axes: Sequence[Axis]) -> Sampled | None:
        """A loss over other values of one or two numbers, in a second run; None where the kernel goes away."""
        if self.target is None:
            return None
        try:
            return await self._session.sample(self.target, iteration, axes)
        except KernelError:
            return None  # `changes` says so

    async def describe(self, name: str) -> Described | None:
        """What torch says of a function; None where the kernel goes away."""
        try:
            return await self._session.describe(name)
        except KernelError:
            return None  # `changes` says so

    def first_bad_pass(self) -> int | None:
        """The first pass whose loss is NaN or infinite."""
        return self.trace.curves.first_bad_pass()

    async def find_bad(self, passes: int, progress: Callable[[int], None]) -> Bad | None:
        """Look where the first bad value came from, in a second run; None where the kernel goes away."""
        if self.target is None:
            return None
        trace = self.trace
        try:
            self.bad = await self._session.find_bad(self.target, passes, progress)
        except KernelError:
            return None  # `changes` says so
        trace.extend([self.bad])
        return self.bad

    def _start(self) -> Kernel:
        if self.host is None:
            return KernelProcess()
        from tutor_tui.client.ssh import RemoteKernel

        return RemoteKernel(self.host)

    def judge(self) -> list[Finding]:
        """Say what is wrong with the program, as far as the record goes. It takes a moment: other threads may do it."""
        from tutor_tui.findings.judge import judge, passed_over  # a screen is there before a rule is

        trace = self.trace
        found = judge(trace, fault=passed_over)
        trace.findings = found
        return found

    # --- what comes of it

    async def changes(self) -> AsyncIterator[Change]:
        """What happens, as it happens; never ends. A kernel that goes away is said, and another one waited for."""
        while True:
            try:
                async for batch in self._session.batches():
                    for event in batch:
                        for change in self._take(event):
                            yield change
                    yield Grew()
            except (KernelError, FrameError) as error:
                self.lost = str(error)
                self.unseen = Whereabouts()
                self.status = "the kernel is gone; r starts a new one"
                yield Said(str(error))
            await self._again.wait()
            self._again.clear()

    def _take(self, event: Event) -> Iterator[Change]:
        match event:
            case Hello():
                self.notice = f"Importing torch with Python {event.python}…"
            case Ready():
                self.notice = f"torch {event.torch} is ready."
            case Started():
                self._begin()
                yield Began()
            case Complaint():
                yield Said(event.text)
            case Inspection() | Checked() | Sampled() | Described() | Bad():
                pass
            case Attached():
                self.target = Target.of(event.run)
            case Detached():
                self.left = event.name
                yield Left()
            case Mode():
                self.trace.extend([event])
                self._note_mode(event)
                yield ModeChanged(event)
            case Unseen():
                self.unseen.take(event)
                yield Moved()
            case Measured():
                self.trace.extend([event])
                yield from self._look_for_bad()
            case _:
                self.trace.extend([event])
                if isinstance(event, (End, Failure)):
                    self._note_end(event)
                    yield Ended()

    def _begin(self) -> None:
        small = len(self.trace.steps) <= COMPARED
        self.before = self.trace if self._comparable and small else None
        self.trace, self.bad, self._warned = Trace(), None, False
        self._read_ahead()
        self.unseen = Whereabouts()
        self.status = "running"

    def _note_mode(self, mode: Mode) -> None:
        known = mode.passes or mode.mode != "recording"
        self.status = state_text(self.trace) if known else "running"
        if self.held:
            self.status += " · v: the curve; c continues there"

    def _note_end(self, event: End | Failure) -> None:
        self.unseen = Whereabouts()
        if isinstance(event, Failure):
            self.status = f"{event.type}"
        else:
            failure = self.trace.failure
            self.status = f"exit {event.status}: {safe(failure.type if failure else event.reason)}"

    def _look_for_bad(self) -> Iterator[Change]:
        """The first loss that is not finite, once a run."""
        if self._warned or self.first_bad_pass() is None:
            return
        self._warned = True
        curves = self.trace.curves
        elsewhere = any(curve.name.startswith("memory cuda") for curve in curves.of("memory"))
        yield NotFinite(soon=curves.seconds < SOON and not elsewhere and not self.attached)
