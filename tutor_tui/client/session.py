"""Requests and events of one kernel as asyncio."""

from __future__ import annotations

import asyncio
import os
import select
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from tutor_tui.client.process import Kernel, how_it_ended
from tutor_tui.client.target import Target
from tutor_tui.errors import FrameError, KernelError, VersionMismatch
from tutor_tui.protocol.frames import PreambleSkipper, encode, event_decoder
from tutor_tui.protocol.messages import (
    PROTOCOL,
    Attached,
    Axis,
    Bad,
    Check,
    Checked,
    Complaint,
    Continue,
    Describe,
    Described,
    Detach,
    Detached,
    Event,
    FindBad,
    Freeze,
    FreezeWhen,
    Hello,
    Inspect,
    Inspection,
    Message,
    Pause,
    Ready,
    Sample,
    Sampled,
    SetRate,
    Shutdown,
    Started,
    Stop,
    Watch,
)

_READ = 256 * 1024
_ANY_TIME = (Hello, Ready, Complaint, Attached, Detached)


class Session:
    """Talks to a kernel. Requests may be made at once: they are sent when it has said hello."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self._decoder = event_decoder()
        self._preamble = PreambleSkipper()
        self._runs = 0
        self._current = -1
        self._questions: dict[int, asyncio.Future[Any]] = {}
        self._progress: dict[int, Callable[[int], None]] = {}
        self._broken: FrameError | None = None
        self._asked = 0
        self._greeted = False
        self._held: list[Message] = []
        """Requests that wait for the kernel's hello: nothing runs where another version would run it."""
        os.set_blocking(kernel.events, False)

    def run(self, target: Target) -> int:
        """Ask for a run, which ends the one before; its number."""
        self._runs += 1
        self._send(target.request(self._runs))
        return self._runs

    def stop(self) -> None:
        """Ask for the end of the current run."""
        self._send(Stop())

    def ask(self, request: Freeze | Pause | Continue | Watch | FreezeWhen | SetRate | Detach) -> None:
        """Ask something of a watched run."""
        self._send(request)

    async def find_bad(self, target: Target, passes: int, progress: Callable[[int], None]) -> Bad:
        """Look for the first value that was not finite, by running the program again up to a pass.

        `progress` is told how many passes have been run. `KernelError` where the kernel goes away instead.
        """
        number, answer = self._question()
        self._progress[number] = progress
        run = replace(target, watch="", keep=False).request(self._runs)
        self._send(FindBad(request=number, run=run, passes=passes))
        bad: Bad = await answer
        return bad

    async def inspect(self, tensor: int, index: Iterable[int] = ()) -> Inspection:
        """Ask about a live tensor by its id; `KernelError` where the kernel goes away instead."""
        number, answer = self._question()
        self._send(Inspect(request=number, tensor=tensor, index=list(index)))
        inspection: Inspection = await answer
        return inspection

    async def check(self, target: Target, *, node: int | None = None, iteration: int = 1) -> Checked:
        """Compare the gradients of a node's operation, or of a whole loss, with finite differences.

        The program is run again for it, unseen. `KernelError` where the kernel goes away instead.
        """
        number, answer = self._question()
        run = replace(target, watch="", keep=False).request(self._runs)
        self._send(Check(request=number, run=run, node=node, iteration=iteration))
        checked: Checked = await answer
        return checked

    async def sample(
        self, target: Target, iteration: int, axes: Sequence[Axis], seconds: float = 2.0
    ) -> Sampled:
        """Compute a loss for other values of one or two numbers, in a second run, unseen.

        `KernelError` where the kernel goes away instead.
        """
        number, answer = self._question()
        run = replace(target, watch="", keep=False).request(self._runs)
        self._send(Sample(request=number, run=run, iteration=iteration, axes=list(axes), seconds=seconds))
        sampled: Sampled = await answer
        return sampled

    async def describe(self, name: str) -> Described:
        """Ask what torch says of a function; `KernelError` where the kernel goes away instead."""
        number, answer = self._question()
        self._send(Describe(request=number, name=name))
        described: Described = await answer
        return described

    def _question(self) -> tuple[int, asyncio.Future[Any]]:
        self._asked += 1
        answer = self._questions[self._asked] = asyncio.get_running_loop().create_future()
        return self._asked, answer

    async def batches(self) -> AsyncIterator[list[Event]]:
        """The kernel's events as they come, those of earlier runs left out; ends with `KernelError`."""
        readable = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(self.kernel.events, readable.set)
        try:
            while True:
                await readable.wait()
                readable.clear()
                batch = [e for e in self._read() if self._wanted(e)]
                if batch:
                    yield batch
                if self._broken is not None:
                    raise self._broken
        except KernelError as error:
            self._give_up(error)
            raise
        finally:
            loop.remove_reader(self.kernel.events)

    def close(self, leave: bool = False) -> None:
        """Hang up. What is run is ended with it; with `leave` it goes on where it was detached."""
        if not leave:
            self._send(Shutdown())
        self.kernel.close(leave)

    def _send(self, message: Message) -> None:
        if not self._greeted:
            self._held.append(message)
            return
        data = encode(message)
        try:
            while data:
                select.select([], [self.kernel.requests], [])
                data = data[os.write(self.kernel.requests, data) :]
        except OSError:
            pass  # it is gone; the reading side will say so, and how

    def _read(self) -> list[Event]:
        try:
            data = os.read(self.kernel.events, _READ)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        if not data:
            raise KernelError(self._obituary())
        events: list[Event] = []
        try:
            events.extend(self._decoder.feed(self._preamble.feed(data)))  # keeps what came before nonsense
        except FrameError as error:
            self._broken = error
        return events

    def _wanted(self, event: Event) -> bool:
        match event:
            case Hello() if event.protocol != PROTOCOL:
                raise VersionMismatch(
                    f"this screen speaks protocol {PROTOCOL}, the kernel (tutor-tui {event.version}) "
                    f"speaks {event.protocol}: install the same version on both sides"
                )
            case Hello():
                self._greeted = True
                held, self._held = self._held, []
                for message in held:
                    self._send(message)
            case Started():
                self._current = event.run
            case Attached():
                self._runs = event.run.run
            case Bad(done=False):
                if event.request in self._progress:
                    self._progress[event.request](event.replayed)
                return False
            case Inspection() | Checked() | Sampled() | Described() | Bad():
                question = self._questions.pop(event.request, None)
                if question is not None and not question.done():
                    question.set_result(event)
                return False
        return self._current == self._runs or isinstance(event, _ANY_TIME)

    def _give_up(self, error: KernelError) -> None:
        for question in self._questions.values():
            if not question.done():
                question.set_exception(error)
        self._questions.clear()

    def _obituary(self) -> str:
        words = self.kernel.last_words()
        status = self.kernel.status()
        kept = "; the steps recorded so far are kept" if self._current >= 0 else ""
        if explained := self.kernel.explain(words, status, self._greeted):
            said = f"\n{words}" if words and "Traceback" not in words else ""
            return f"{explained}{kept}{said}"
        said = f"\nIts last output:\n{words}" if words else ""
        return f"the kernel {how_it_ended(status)}{kept}{said}"
