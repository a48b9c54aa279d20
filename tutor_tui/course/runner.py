"""Running a program to its end without a screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType

from tutor_tui.client.process import KernelProcess
from tutor_tui.client.session import Session
from tutor_tui.client.target import Target
from tutor_tui.errors import KernelError
from tutor_tui.protocol.messages import Complaint, Source, Step
from tutor_tui.trace.record.trace import Trace


class Runner:
    """A kernel that runs one target after another. `with Runner() as runner: trace = runner.run(target)`.

    What the kernel complains of goes to `on_complaint`; without one it is raised.
    """

    def __init__(self, on_complaint: Callable[[str], None] | None = None) -> None:
        self._on_complaint = on_complaint or _refuse

    def __enter__(self) -> Runner:
        self._session = Session(KernelProcess())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._session.close()

    def run(self, target: Target) -> Trace:
        """The record of a whole run; `KernelError` where the kernel goes away or cannot do it."""
        self._session.run(target)
        return asyncio.run(self._record())

    async def _record(self) -> Trace:
        trace = Trace()
        async for batch in self._session.batches():
            for event in batch:
                if isinstance(event, Complaint):
                    self._on_complaint(event.text)
                elif isinstance(event, (Step, Source)):
                    trace.extend([event])
            if trace.end is not None:
                break
        return trace


def _refuse(text: str) -> None:
    raise KernelError(text)
