"""The application around a run that is not there: for what needs no terminal and no kernel of its own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence

from textual.pilot import Pilot

from tutor_tui.client.changes import Began, Change, Ended, Grew
from tutor_tui.client.process import Kernel
from tutor_tui.client.run import Run
from tutor_tui.client.target import Target
from tutor_tui.course.available_lessons import AvailableLessons
from tutor_tui.protocol.messages import Inspection
from tutor_tui.trace.record.trace import Trace
from tutor_tui.ui.panes.line_pane import LinePane
from tutor_tui.ui.play.player import screen_text
from tutor_tui.ui.settings import Settings
from tutor_tui.ui.shell.app import TutorApp


class NoKernel(Kernel):
    """Two descriptors that nobody writes to."""

    def __init__(self) -> None:
        self.events, self._other = os.pipe()
        self.requests = os.open(os.devnull, os.O_WRONLY)

    def last_words(self) -> str:
        """None."""
        return ""

    def status(self, patience: float = 1.0) -> int | None:
        """Nobody can tell."""
        return None

    def explain(self, words: str, status: int | None, greeted: bool) -> str:
        """Nothing to explain."""
        return ""

    def close(self, leave: bool = False) -> None:
        """Nothing to end."""
        for fd in (self.events, self._other, self.requests):
            os.close(fd)


class FakeRun(Run):
    """A run whose record is there at once. What is asked of it is kept in `asked` and `started`."""

    def __init__(self, trace: Trace, changes: Sequence[Change] = (Began(), Ended(), Grew())) -> None:
        super().__init__(NoKernel())
        self.trace = trace
        self.target = Target("program.py")
        self.status = "exit 0: the program ran to its end"
        self.asked: list[object] = []
        self.started: list[Target] = []
        self._changes = changes
        self.more: asyncio.Queue[Change] = asyncio.Queue()
        """Further changes, told when they are put in here."""

    async def changes(self) -> AsyncIterator[Change]:
        """Those that were given, then those that come."""
        for change in self._changes:
            yield change
        while True:
            yield await self.more.get()

    def start(self, target: Target) -> None:
        """Remember what was asked for."""
        self.started.append(target)

    def ask(self, request: object) -> None:
        """Remember what was asked for."""
        self.asked.append(request)

    async def inspect(self, tensor: int, index: list[int]) -> Inspection:
        """No tensor is alive."""
        return Inspection(request=0, preview=None, error="this tensor is no longer alive")


def show(
    run: FakeRun,
    walk: Callable[[TutorApp, Pilot[None]], object],
    size: tuple[int, int] = (100, 30),
    settings: Settings | None = None,
) -> None:
    """Open the application on a run, and let `walk`, a coroutine function, do something with it."""

    async def perform() -> None:
        app = TutorApp(run, settings or Settings(), AvailableLessons())
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await pilot.pause()
            result = walk(app, pilot)
            if asyncio.iscoroutine(result):
                await result
        app.close_kernel()

    asyncio.run(perform())


def rows(app: TutorApp, pane: str) -> list[str]:
    """The rows of a pane that are in sight, as text."""
    found = app.showing.walk.query_one(f"#{pane}", LinePane)
    top, height = int(found.scroll_offset.y), found.scrollable_content_region.height
    return [found.text_of(row).rstrip() for row in range(top, top + height) if found.text_of(row)]


def story(app: TutorApp) -> str:
    """What the story line says."""
    return " ".join(str(app.showing.walk.story.visual).split())


__all__ = ["FakeRun", "rows", "screen_text", "show", "story"]
