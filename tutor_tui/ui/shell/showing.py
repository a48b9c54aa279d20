"""What happens to a run, brought to the screens that show it: often enough to be seen, and no oftener."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.timer import Timer

from tutor_tui.client.changes import Began, Change, Ended, Grew, Left, ModeChanged, Moved, NotFinite, Said
from tutor_tui.client.run import Run
from tutor_tui.protocol.messages import Mode
from tutor_tui.ui.settings import Settings
from tutor_tui.ui.shell.allocator import give_back, settle
from tutor_tui.ui.training.look import View
from tutor_tui.ui.walk.screen import WalkScreen

if TYPE_CHECKING:
    from tutor_tui.ui.training.screen import TrainingScreen

RECENT = 1.0
"""Seconds since the last move in which a person is taken to go on walking."""
FRAME = 0.05
"""Seconds between two drawings of a record that grows."""


class Showing:
    """The walk, and over it the curve of a run that is watched."""

    def __init__(self, app: App[None], run: Run, settings: Settings, find_bad: Callable[[], None]) -> None:
        """`find_bad` looks where the first bad value came from."""
        self._app, self._run, self._settings, self._find_bad = app, run, settings, find_bad
        self.walk = WalkScreen(run, settings)
        self._curve: TrainingScreen | None = None
        self._view = View(settings)
        self._opened = False
        self._due: Timer | None = None
        self._more = False

    @property
    def curve_is_shown(self) -> bool:
        """Whether the curve is what one looks at."""
        return self._curve is not None and self._app.screen is self._curve

    @property
    def settled(self) -> bool:
        """Whether the run is over, and all of it drawn."""
        return self._run.settled and self._due is None and not self._more

    def say(self, text: str) -> None:
        """Say something, wherever one looks."""
        self.walk.say(text)
        if self._curve is not None and self.curve_is_shown:
            self._curve.say(text)

    def show_curve(self, walking: bool = False) -> None:
        """The screen on which a run is watched; it comes by itself while a person may be `walking`."""
        if self.curve_is_shown:
            return

        def walk_from(seq: int | None) -> None:
            if seq is not None:
                self.walk.go_to_iteration(seq)

        from tutor_tui.ui.training.screen import TrainingScreen  # plotext takes longer to load than textual

        self._curve = TrainingScreen(self._run, self._settings, self._view, walking)
        self._app.push_screen(self._curve, walk_from)

    def _leave_curve(self) -> None:
        if self._curve is not None and self.curve_is_shown:
            self._curve.dismiss(None)

    # --- what happens

    async def listen(self) -> None:
        """Show what happens to the run, for ever."""
        async for change in self._run.changes():
            self._take(change)

    def _take(self, change: Change) -> None:
        match change:
            case Grew():
                self._draw_soon()
            case Moved():
                self.walk.show_where()
            case Said(text=text):
                self.say(text)
            case Began():
                self._begin()
            case ModeChanged(mode=mode):
                self._changed_mode(mode)
            case NotFinite(soon=True):
                self._find_bad()
            case NotFinite():
                self.say(
                    "A loss is not finite. ! reruns the program in the background to find where it began."
                )
            case Ended():
                settle()
                self.judge()
                if self._curve is not None:
                    self._curve.quiet()
                if self._run.settled:
                    self.walk.ended()
            case Left():
                self._app.exit()

    def judge(self) -> None:
        """Find out beside everything else what is wrong with the program."""

        async def work() -> None:
            trace = self._run.trace
            await to_thread(self._run.judge)
            if trace is self._run.trace:
                self.walk.judged()
                if self._curve is not None:
                    self._curve.judged()

        judging: Any = work  # called only where the application still runs
        self._app.run_worker(judging, exclusive=True, group="judge")

    def _begin(self) -> None:
        self._leave_curve()
        self._view, self._opened = View(self._settings), False
        self.walk.begin()
        self._app.set_timer(0.5, give_back)

    def _changed_mode(self, mode: Mode) -> None:
        if mode.mode == "watching":
            self.judge()  # what was recorded up to here
        if mode.mode == "watching" and not self._opened and self._app.screen is self.walk:
            self._opened = True
            self.show_curve(walking=monotonic() - self.walk.moved_at < RECENT)
        elif mode.mode == "recording" and mode.reason:
            self.walk.position.open_when_recorded(len(self._run.trace.steps))
            self._leave_curve()
        if self._curve is not None:
            self._curve.quiet()

    def _draw_soon(self) -> None:
        """Draw what has come: at once if nothing was drawn lately, else together with what comes next."""
        if self._due is not None:
            self._more = True
            return
        if self._curve is not None and self._curve.is_attached and self._curve.is_seen:
            self._curve.grew()
        elif not self.walk.grew():
            return
        self._due = self._app.set_timer(FRAME, self._draw_rest)

    def _draw_rest(self) -> None:
        self._due = None
        if self._more:
            self._more = False
            self._draw_soon()
