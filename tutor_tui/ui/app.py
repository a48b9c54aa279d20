"""The application: wiring between a session and the screens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from tutor_tui.client.process import KernelProcess
from tutor_tui.client.session import Session
from tutor_tui.errors import FrameError, KernelError
from tutor_tui.lessons.catalog import find_lesson
from tutor_tui.protocol.messages import Complaint, End, Event, Failure, Hello, Inspection, Ready, Started
from tutor_tui.trace.safe import safe
from tutor_tui.ui.screens.walk import WalkScreen


class TutorApp(App[None]):
    """Runs one target at a time and hands its steps to the walk."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "help", "Help", show=False),
        Binding("q", "quit", "Quit", show=False),
        Binding("ctrl+c", "quit", show=False, priority=True),
    ]
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = "tutor.tcss"
    TITLE = "tutor-tui"

    def __init__(
        self, kernel: KernelProcess, *, path: str | None, args: Sequence[str], device: str, max_steps: int
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        self._session = Session(kernel)
        self._path = path
        self._args = list(args)
        self._device = device
        self._max_steps = max_steps
        self._walk = WalkScreen()
        self._gone = False
        if path is not None:
            self._ask()

    def on_mount(self) -> None:
        """The walk, or first the list of lessons."""
        self.push_screen(self._walk)
        if self._path is None:
            self.action_lessons()
        self.run_worker(self._listen(), exit_on_error=True)

    # --- actions

    def action_help(self) -> None:
        """Show the keys."""
        from tutor_tui.ui.screens.help import HelpScreen

        self.push_screen(HelpScreen())

    def action_rerun(self) -> None:
        """Run the same program again."""
        if self._path is not None:
            self._ask()

    def action_stop_run(self) -> None:
        """End the program that runs."""
        self._session.stop()

    def action_lessons(self) -> None:
        """Choose a lesson."""
        from tutor_tui.ui.screens.picker import PickerScreen

        self.push_screen(PickerScreen(), self._open_lesson)

    def _open_lesson(self, name: str | None) -> None:
        if name is not None:
            self._path = str(find_lesson(name).code)
            self._args, self._device = [], self._device or "cpu"
            self._ask()

    # --- the kernel

    def _ask(self) -> None:
        assert self._path is not None
        if self._gone:
            self._restart()
        self._session.run(self._path, self._args, device=self._device, max_steps=self._max_steps)

    def _restart(self) -> None:
        """Start another kernel in the place of one that is gone."""
        self._session.close()
        self._session = Session(KernelProcess())
        self._gone = False
        self.run_worker(self._listen(), exit_on_error=True)

    def close_kernel(self) -> None:
        """Hang up, whichever kernel it is by now."""
        self._session.close()

    async def _listen(self) -> None:
        try:
            async for batch in self._session.batches():
                for event in batch:
                    self._take(event)
                self._walk.grew()
        except (KernelError, FrameError) as error:
            self._gone = True
            self._walk.status = "the kernel is gone; r starts a new one"
            self._walk.warn(str(error))

    def _take(self, event: Event) -> None:
        match event:
            case Hello():
                self._walk.notice = f"Importing torch with Python {event.python}…"
            case Ready():
                self._walk.notice = f"torch {event.torch} is ready."
            case Started():
                self._walk.reset()
            case Complaint():
                self._walk.warn(event.text)
            case Inspection():
                pass
            case _:
                self._walk.trace.extend([event])
                if isinstance(event, (End, Failure)):
                    self._ended(event)

    def _ended(self, event: End | Failure) -> None:
        if isinstance(event, Failure):
            self._walk.status = f"{event.type}"
        else:
            failure = self._walk.trace.failure
            how = failure.type if failure else event.reason
            self._walk.status = f"exit {event.status}: {safe(how)}"
