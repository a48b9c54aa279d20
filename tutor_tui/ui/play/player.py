"""Presses the keys of a script, each when what it waits for is on the screen."""

from __future__ import annotations

import asyncio
import io
import re
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import events
from textual.keys import _character_to_key

from tutor_tui.errors import TutorError
from tutor_tui.ui.keys.names import key_name
from tutor_tui.ui.play.script import Beat, Script
from tutor_tui.ui.terminal.grid import Grid

if TYPE_CHECKING:
    from tutor_tui.ui.shell.app import TutorApp

PATIENCE = 60.0
"""Seconds that a state is waited for."""
STOPPING = 10.0
"""Seconds that a program has to end when it is stopped."""
REST = 0.03
"""Seconds between two looks at whether the screen has come to rest."""
_CHARACTERS = {"space": " ", "enter": "\r", "tab": "\t"}


class Player:
    """Plays a script on an application. `on_frame` is called with each picture, and how long it is looked at."""

    def __init__(
        self, app: TutorApp, script: Script, speed: float = 1.0, clocked: bool = True, loop: bool = False
    ) -> None:
        """With `clocked` False nothing is waited for but states: time is somebody else's."""
        self._app = app
        self._script = script
        self._speed = speed
        self._clocked = clocked
        self._loop = loop
        self._own: deque[events.Key] = deque(maxlen=100)
        self._go = asyncio.Event()
        self._go.set()
        self.over = False
        self.stopped = False
        """The program did not end by itself within `PATIENCE`."""
        self.on_frame: Callable[[float, str], None] = lambda seconds, marker: None

    async def play(self) -> None:
        """All of it; until the end, or somebody takes over. `TutorError` where a state never comes."""
        await self._rest()
        while not self.over:
            for beat in self._script.beats:
                await self._play(beat)
                if self.over:
                    break
            if not self._loop:
                break
        self.over = True
        self._app.showing.walk.show_caption("")

    async def _play(self, beat: Beat) -> None:
        presses = [*beat.keys, *beat.type]
        marker = beat.marker
        for number, key in enumerate(presses):
            self._say(beat.caption, key)
            self._press(key)
            await self._rest(beat.wait if number == len(presses) - 1 else "")
            last = number == len(presses) - 1
            await self._hold(beat.hold if last else min(0.6, beat.hold), marker)
            marker = ""
            if self.over:
                return
        if not presses:
            self._say(beat.caption, "")
            await self._rest(beat.wait)
            await self._hold(beat.hold, marker)

    def takes(self, event: events.Key) -> bool:
        """Whether a key is a person's: space pauses, and any other ends the play."""
        if any(event is own for own in self._own):  # it may come by more than once, on its way up from a pane
            return False
        if event.key == "space" and not self.over:
            (self._go.clear if self._go.is_set() else self._go.set)()
            return True
        self.over = True
        self._go.set()
        self._app.showing.walk.show_caption("")
        return False

    def _say(self, caption: str, key: str) -> None:
        pressed = f"  [{key_name(key) if key != ' ' else 'Space'}]" if key else ""
        self._app.showing.walk.show_caption(f" ▶ {caption}{pressed}")

    def _press(self, key: str) -> None:
        character = _CHARACTERS.get(key, key if len(key) == 1 else None)
        name = _character_to_key(key) if len(key) == 1 else key
        event = events.Key(name, character)
        self._own.append(event)
        self._app.post_message(event)

    async def _hold(self, seconds: float, marker: str) -> None:
        self.on_frame(seconds / self._speed, marker)
        if self._clocked:
            left = seconds / self._speed
            while left > 0 and not self.over:
                await self._go.wait()
                await asyncio.sleep(min(0.1, left))
                left -= 0.1

    async def _rest(self, pattern: str = "") -> None:
        """Until the run is over, nothing changes any more, and the screen matches."""
        now = asyncio.get_running_loop().time
        end = now() + PATIENCE
        before, same = None, 0
        while same < 3:
            await asyncio.sleep(REST)
            if self.over:
                return
            if self._app.program_run.lost:
                raise TutorError(self._app.program_run.lost)
            if now() > end:
                end = now() + self._stop_waiting(pattern)
            text = screen_text(self._app)
            settled = self._app.showing.settled and (not pattern or re.search(pattern, text) is not None)
            same = same + 1 if settled and text == before else 0
            before = text

    def _stop_waiting(self, pattern: str) -> float:
        """A minute has passed: a program that goes on is stopped, once; how long to wait for that.

        `TutorError` where it is something else that does not come.
        """
        if self._app.program_run.settled or self.stopped:
            raise TutorError(f"the play waited a minute for {pattern or 'the screen to settle'!r}")
        self.stopped = True
        self._app.action_stop_run()
        return STOPPING


def screen_grid(app: TutorApp) -> Grid:
    """What the application shows, as cells."""
    from rich.console import Console

    width, height = app.size
    grid = Grid(width, height)
    grid.ascii = app.settings.plain
    console = Console(
        width=width,
        height=height,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
    )
    screen = app.screen
    update = screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    with console.capture() as captured:
        console.print(update)
    for _ in grid.write(captured.get()):
        pass
    return grid


def screen_text(app: TutorApp) -> str:
    """The same as lines of text."""
    return "\n".join("".join(cell for cell, _ in row).rstrip() for row in screen_grid(app).rows)
