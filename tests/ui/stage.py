"""The application without a terminal, driven as `tests.terminal.Terminal` drives one."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.keys import _character_to_key
from textual.pilot import Pilot

from tests.ui.fake import FakeRun
from tutor_tui.client.process import KernelProcess
from tutor_tui.client.run import Run
from tutor_tui.client.target import Target
from tutor_tui.course.available_lessons import AvailableLessons
from tutor_tui.course.plan import Plan
from tutor_tui.lessons.catalog import find_lesson
from tutor_tui.trace.record.trace import Trace
from tutor_tui.ui.play.player import screen_text
from tutor_tui.ui.settings import Settings
from tutor_tui.ui.shell.app import TutorApp
from tutor_tui.ui.shell.start import make_app

KEYS = {"esc": "escape", "\r": "enter"}
"""Keys that a terminal's test calls otherwise than Textual."""


class Stage:
    """An application that is shown nowhere. Who makes it closes it, or uses it as a context manager."""

    def __init__(self, app: TutorApp, columns: int = 80, rows: int = 24) -> None:
        self.app = app
        self._loop = asyncio.new_event_loop()
        self._wanted: asyncio.Queue[
            tuple[Callable[[Pilot[None]], Awaitable[None]], asyncio.Future[None]] | None
        ]
        self._wanted = asyncio.Queue()
        self._life = self._loop.create_task(self._live((columns, rows)))
        self._do(lambda pilot: pilot.pause())

    async def _live(self, size: tuple[int, int]) -> None:
        """One task for all of it: Textual keeps the application in a context variable."""
        async with self.app.run_test(size=size) as pilot:
            while (wanted := await self._wanted.get()) is not None:
                work, done = wanted
                await work(pilot)
                await pilot.pause()
                done.set_result(None)

    def _do(self, work: Callable[[Pilot[None]], Awaitable[None]]) -> None:
        done = self._loop.create_future()
        self._wanted.put_nowait((work, done))
        waits: set[asyncio.Future[None]] = {done, self._life}
        self._loop.run_until_complete(asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED))
        if self._life.done():
            self._life.result()
            raise AssertionError("the application has ended")

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def text(self) -> str:
        """The screen as lines."""
        return screen_text(self.app)

    def press(self, *keys: str) -> str:
        """Press keys one by one; the screen."""
        for key in keys:
            name = KEYS.get(key) or (_character_to_key(key) if len(key) == 1 else key)
            self._do(lambda pilot, name=name: pilot.press(name))  # type: ignore[misc]
        return self.text

    def type(self, text: str, *then: str) -> str:
        """Type a text, then press keys; the screen."""
        return self.press(*text, *then)

    def goto(self, place: str) -> str:
        """Go to a place by the prompt; the screen."""
        self.press("g")
        return self.type(place, "enter")

    def stand(self, stop: int) -> None:
        """Stand at a stop, without a key."""

        async def go(pilot: Pilot[None]) -> None:
            self.app.showing.walk.go(stop)

        self._do(go)

    def wait(self, pattern: str, timeout: float = 30) -> str:
        """Until the screen matches, and all that has come is drawn; the screen."""
        end = time.monotonic() + timeout
        while not ((self.app.showing.settled or self.app.program_run.lost) and re.search(pattern, self.text)):
            assert time.monotonic() < end, f"never saw {pattern!r}:\n{self.text}"
            self._do(lambda pilot: pilot.pause(0.02))
        return self.text

    def close(self) -> None:
        """Leave."""
        self._wanted.put_nowait(None)
        self._loop.run_until_complete(self._life)
        self.app.close_kernel()
        self._loop.close()


def of_record(trace: Trace, columns: int = 80, rows: int = 24, settings: Settings | None = None) -> Stage:
    """Around a record that is there: no kernel."""
    return Stage(TutorApp(FakeRun(trace), settings or Settings(), AvailableLessons()), columns, rows)


def of_program(path: Path, columns: int = 80, rows: int = 24, ascii_only: bool = False) -> Stage:
    """Around a kernel that runs a program."""
    target = Target(str(path), watch="auto")
    return Stage(make_app(Run(KernelProcess()), target, target, ascii_only), columns, rows)


def of_lesson(name: str, columns: int = 80, rows: int = 24) -> Stage:
    """Around a kernel that runs a lesson, as the person of the folders of this environment meets it."""
    app = make_app(Run(KernelProcess()), None, Target(""), plan=Plan(find_lesson(name)))
    return Stage(app, columns, rows)
