"""A watched run, driven as the screen drives it."""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import AsyncGenerator, Callable
from functools import cache
from pathlib import Path
from typing import Any

from tutor_tui.client.process import KernelProcess, KernelSocket
from tutor_tui.client.session import Session
from tutor_tui.client.target import Target
from tutor_tui.protocol.messages import (
    Bad,
    Complaint,
    Detached,
    Event,
    Measured,
    Mode,
    Series,
    Source,
    Started,
    Step,
    Unseen,
)
from tutor_tui.trace.record.trace import Trace

PROGRAMS = Path(__file__).parent / "programs"
FIT = """
import sys, time
import torch
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
x = torch.randn(16, 3)
y = x.sum(dim=1, keepdim=True)
count = 0
try:
    while True:
        loss = (model(x) - y).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        count += 1
        if count == int(sys.argv[1]):
            break
except KeyboardInterrupt:
    print("interrupted", count > 0)
print(loss.item(), [p.sum().item() for p in model.parameters()], optimizer.param_groups[0]["lr"])
"""
"""Trains as many iterations as its argument says, for ever with 0; tells whether it was interrupted."""


@cache
def _shared() -> Session:
    """The session of a kernel for all watched runs of these tests, one after the other: torch is imported once."""
    session = Session(KernelProcess())
    atexit.register(session.close)
    return session


class Watched:
    """`with Watched(path) as run: run.freeze()`; everything that came is in `trace` and `modes`."""

    def __init__(
        self, path: str | Path = "", *args: str, watch: str = "always", name: str = "", alone: bool = False
    ) -> None:
        """On the kernel of the tests; `alone` on one of its own, `name` on that of a run that was left."""
        self._alone = alone or bool(name)
        self.session = _shared()
        if self._alone:
            self.session = Session(KernelSocket(name) if name else KernelProcess())
        self.trace = Trace()
        self.modes: list[Mode] = []
        self.complaints: list[str] = []
        self.detached = ""
        self.unseen: list[Unseen] = []
        self.target = Target(str(path), args, watch=watch)
        self.loop = asyncio.new_event_loop()
        if path:
            self.session.run(self.target)
        self._batches: AsyncGenerator[list[Event]] = self.session.batches()  # type: ignore[assignment]

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self, leave: bool = False) -> None:
        """Hang up; a kernel that others use too goes on, with the program ended."""
        if self._alone:
            self.session.close(leave)
        else:
            self.session.stop()
        self.loop.run_until_complete(self._batches.aclose())
        self.loop.close()

    def until(self, what: Callable[[], Any], timeout: float = 60) -> None:
        """Take what comes until something holds."""
        while not what():
            batch = self.loop.run_until_complete(asyncio.wait_for(anext(self._batches), timeout))
            for event in batch:
                self._take(event)

    def end(self) -> str:
        """To the run's end; what it printed while it was watched."""
        self.until(lambda: self.trace.end is not None)
        return "".join(s.text for s in self.trace.printed.upto(len(self.trace.steps)))

    def mode(self, *modes: str) -> Mode:
        """Until the run is in one of these modes for the first time from now on."""
        known = len(self.modes)
        self.until(lambda: any(m.mode in modes for m in self.modes[known:]) or self.trace.end is not None)
        found = [m for m in self.modes[known:] if m.mode in modes]
        assert found, f"the run ended: {self.trace.end}, {self.trace.failure}, {self.complaints}"
        return found[0]

    def losses(self) -> dict[str, list[float]]:
        """Every loss by its name."""
        return {curve.name: list(curve.ys) for curve in self.trace.curves.of("loss")}

    def find_bad(self, passes: int) -> Bad:
        """Look for the first bad value."""

        async def ask() -> Bad:
            reading = asyncio.create_task(self._drain())
            try:
                return await asyncio.wait_for(self.session.find_bad(self.target, passes, lambda n: None), 60)
            finally:
                reading.cancel()

        return self.loop.run_until_complete(ask())

    async def _drain(self) -> None:
        async for _ in self._batches:
            pass

    def _take(self, event: Any) -> None:
        if isinstance(event, Mode):
            self.modes.append(event)
        if isinstance(event, (Step, Source, Mode, Series, Measured)):
            self.trace.extend([event])  # type: ignore[list-item]
        elif isinstance(event, Unseen):
            self.unseen.append(event)
        elif isinstance(event, Complaint):
            self.complaints.append(event.text)
        elif isinstance(event, Detached):
            self.detached = event.name
        elif isinstance(event, Started):
            self.trace, self.modes = Trace(), []


def kernel_process(run: Watched) -> KernelProcess:
    """The process of a run's kernel."""
    assert isinstance(run.session.kernel, KernelProcess)
    return run.session.kernel
