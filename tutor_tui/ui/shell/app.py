"""The application: screens, settings and lessons around a run."""

from __future__ import annotations

import os
import tokenize
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType

from tutor_tui.client.process import Kernel
from tutor_tui.client.target import Target
from tutor_tui.course.commands import done_text
from tutor_tui.course.plan import Plan
from tutor_tui.lessons.catalog import Catalog
from tutor_tui.lessons.progress import Progress, progress_file
from tutor_tui.protocol.limits import MAX_STEPS
from tutor_tui.ui.dialogs.prompt import PromptScreen
from tutor_tui.ui.dialogs.small import COLUMNS, ROWS, SmallScreen
from tutor_tui.ui.settings import THEMES, Settings, settings_path
from tutor_tui.ui.shell.clipboard import LIMIT, copy_sequence, keep_copy
from tutor_tui.ui.shell.running import RunningApp
from tutor_tui.ui.shell.themes import HIGH_CONTRAST, suitable_theme
from tutor_tui.ui.terminal.driver import Painter, ThriftyDriver
from tutor_tui.ui.walk.study import Study

if TYPE_CHECKING:
    from tutor_tui.ui.play.player import Player


BARE = ("linux", "vt1", "vt2", "vt3", "vt4", "vt5")
"""Terminals, by the beginning of TERM, whose fonts have no more than ASCII and a few lines."""


def _palette() -> Any:
    from tutor_tui.ui.keys.palette import ActionProvider

    return ActionProvider


class TutorApp(RunningApp):
    """The screens, the settings, and the lessons that are run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "help", "Help", show=False),
        Binding("q", "quit", "Quit", show=False),
        Binding("ctrl+c", "quit", show=False, priority=True),
        Binding("colon,ctrl+p", "command_palette", show=False),
    ]
    COMMANDS: ClassVar[set[Any]] = {lambda: _palette()}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    CSS_PATH = "tutor.tcss"
    TITLE = "tutor-tui"

    def __init__(
        self,
        kernel: Kernel,
        target: Target | None,
        options: Target,
        ascii_only: bool = False,
        catalog: Catalog | None = None,
        plan: Plan | None = None,
    ) -> None:
        """`options` says how to run a lesson that is chosen later; with `plan` one is chosen already."""
        super().__init__(kernel)
        self.settings = Settings.load(settings_path())
        self._ascii_chosen = self.settings.ascii
        bare = os.environ.get("TERM", "").startswith(BARE)
        self.settings.ascii = self.settings.ascii or ascii_only or bare
        self.register_theme(HIGH_CONTRAST)
        self.theme = self.settings.theme or suitable_theme()
        self.animation_level = "none"
        self._options = options
        self._asked = options.max_steps != MAX_STEPS
        self._catalog = catalog or Catalog()
        self._progress: Progress | None = None
        self.caption = ""
        self.player: Player | None = None
        if plan is not None:
            self._study(plan)
        elif target is not None:
            self._ask(target)

    def on_mount(self) -> None:
        """The walk, or first the list of lessons."""
        self.push_screen(self._walk)
        if self._target is None and not self.attached:
            self.action_lessons()
        self._use_characters()
        self.heed_signals()
        self.run_worker(self._listen(), exit_on_error=True)
        if self.player is not None:
            self.run_worker(self.player.play(), exit_on_error=True)

    def on_resize(self, event: events.Resize) -> None:
        """The terminal may have cut off or moved anything; and it may be too small for any of it."""
        self._forget_screen()
        small = event.size.width < COLUMNS or event.size.height < ROWS
        if small != isinstance(self.screen, SmallScreen):
            if small:
                self.push_screen(SmallScreen())
            else:
                self.pop_screen()
        self.screen.refresh()

    @property
    def _painter(self) -> Painter | None:
        return self._driver.painter if isinstance(self._driver, ThriftyDriver) else None

    def _forget_screen(self) -> None:
        if (painter := self._painter) is not None:
            painter.forget()

    def _use_characters(self) -> None:
        if (painter := self._painter) is not None:
            painter.ascii(self.settings.ascii)

    # --- a play

    def show_caption(self) -> None:
        """Draw the line at the bottom, where a play has its words."""
        self._walk.show_keys()

    async def on_event(self, event: events.Event) -> None:
        """A key of a person's ends a play that goes on; and only two presses in a row end a run that trains."""
        if isinstance(event, events.Key) and event.key not in ("q", "ctrl+q", "ctrl+c", "r", "R"):
            self._sure = ""
        if isinstance(event, events.Key) and self.player is not None and self.player.takes(event):
            return
        await super().on_event(event)

    # --- actions

    def action_help(self) -> None:
        """Show the keys."""
        from tutor_tui.ui.dialogs.help import RowsScreen, help_rows, live_help_rows

        watched = self._live is not None and self.screen is self._live
        self.push_screen(RowsScreen("keys", live_help_rows() if watched else help_rows()))

    def action_next_theme(self) -> None:
        """Another theme."""
        self.action_use_theme(
            THEMES[(THEMES.index(self.theme) + 1) % len(THEMES) if self.theme in THEMES else 0]
        )

    def action_use_theme(self, name: str) -> None:
        """This theme, from now on."""
        self.theme = self.settings.theme = name
        self._walk.warn(f"Theme: {name}")
        self.keep_settings()

    def action_ascii(self) -> None:
        """ASCII characters only, and back."""
        self.settings.ascii = self._ascii_chosen = not self.settings.ascii
        self.keep_settings()
        self._use_characters()
        self._walk.apply_settings(self.settings)
        self._walk.show()
        self.action_redraw()

    def action_redraw(self) -> None:
        """Draw everything again."""
        self._forget_screen()
        self.screen.refresh(layout=True)
        self.refresh()

    def keep_settings(self) -> None:
        """Write the choices down; the walk says where that fails."""
        # what an option or this terminal asks for is no choice for the next time
        if problem := replace(self.settings, ascii=self._ascii_chosen).save(settings_path()):
            self._walk.warn(f"Your choice holds for this session only: {problem}")

    def copy_text(self, text: str) -> str:
        """Send a text to the terminal's clipboard and keep it in a file; what was done."""
        kept = keep_copy(text)
        if (painter := self._painter) is not None and len(text.encode()) <= LIMIT:
            painter.send(copy_sequence(text, bool(os.environ.get("TMUX"))))
        return (
            f"Sent to the terminal's clipboard. {'Also in ' + kept if kept else 'No file could be written.'}"
        )

    def action_lessons(self) -> None:
        """Choose a lesson."""
        from tutor_tui.ui.dialogs.picker import PickerScreen

        found = [(lesson, done_text(lesson, self.progress)) for lesson in self._catalog.lessons()]
        self.push_screen(PickerScreen(found, self._catalog.problems), self._chosen)

    def _chosen(self, name: str | None) -> None:
        if name is not None:
            self.open_lesson(name)

    def open_lesson(self, name: str) -> None:
        """Open a lesson; one of a foreign pack only when the person has agreed to run it."""
        lesson = self._catalog.find(name)
        if not lesson.pack or self.progress.trusts(lesson.pack):
            self._study(Plan(lesson))
            return

        def agreed(text: str | None) -> None:
            if (text or "").casefold() in ("y", "yes"):
                self.progress.trust(lesson.pack)
                self._study(Plan(lesson))

        asked = (
            f"{lesson.name} is a program from {lesson.pack} ({lesson.code}). Run it, and others of that pack?"
        )
        self.push_screen(PromptScreen(asked, "y runs it, Enter does not"), agreed)

    def lesson_after(self, name: str) -> str | None:
        """The lesson that follows one."""
        names = [lesson.name for lesson in self._catalog.lessons()]
        at = names.index(name) + 1 if name in names else 0
        return names[at] if at < len(names) else None

    @property
    def progress(self) -> Progress:
        """What is saved of the learner's work."""
        if self._progress is None:
            self._progress = Progress(progress_file())
        return self._progress

    def _study(self, plan: Plan) -> None:
        """Run a lesson and go on where one stood."""
        study = Study(
            plan, self.progress, self._options.device, self._options.max_steps if self._asked else 0
        )
        self._walk.study = study
        place = study.place()
        self._walk.resume = place.step if place is not None else 0
        self._ask(study.target())

    def program(self) -> tuple[str | None, str]:
        """The text of the program as it runs now, and as it was."""
        target = self._target
        if target is None or target.module:
            return None, ""
        if self.host is not None or self.attached:
            there = self._walk.trace.sources.get(target.path, "")
            return (there if target.source is None else target.source), there
        try:
            with tokenize.open(target.path) as file:
                original = file.read()
        except (OSError, SyntaxError, UnicodeDecodeError):
            original = target.source or ""
        return (original if target.source is None else target.source), original

    def run_target(self, target: Target) -> None:
        """Run this, and stand at the same step, where it is the same program."""
        if self._target is None or self._target.path != target.path:
            study = self._walk.study
            place = study.place() if study is not None and not study.exercising else None
            self._walk.resume = place.step if place is not None else 0
        self._ask(target)
