"""The application: what wires a run, the settings, the lessons and the screens together."""

from __future__ import annotations

import os
import termios
from typing import Any, ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType

from tutor_tui.client.run import Run
from tutor_tui.client.target import Target
from tutor_tui.course.available_lessons import AvailableLessons
from tutor_tui.course.plan import Plan
from tutor_tui.trace.words.bad_value import bad_text
from tutor_tui.ui.dialogs.small import COLUMNS, ROWS, SmallScreen
from tutor_tui.ui.settings import THEMES, Settings
from tutor_tui.ui.shell.clipboard import LIMIT, copy_sequence, keep_copy
from tutor_tui.ui.shell.confirm import Confirm
from tutor_tui.ui.shell.performer import Performer
from tutor_tui.ui.shell.showing import Showing
from tutor_tui.ui.shell.signals import heed_signals
from tutor_tui.ui.shell.themes import OWN, OWN_COLOURS, suitable_theme
from tutor_tui.ui.terminal.driver import Painter, ThriftyDriver
from tutor_tui.ui.walk.app_messages import Copy, NextLesson, Original, ShowCurve

ENDING = ("q", "ctrl+q", "ctrl+c", "r", "R")
"""Keys that may end a run: those of a run that trains do so when they are pressed twice."""


def _palette() -> Any:
    from tutor_tui.ui.keys.palette import ActionProvider

    return ActionProvider


class TutorApp(App[None]):
    """Runs a program or a lesson, and shows it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "help", "Help", show=False),
        Binding("q", "quit", "Quit", show=False),
        Binding("ctrl+c", "interrupt", show=False, priority=True),
        Binding("colon,ctrl+p", "command_palette", show=False),
    ]
    COMMANDS: ClassVar[set[Any]] = {lambda: _palette()}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    CSS_PATH = "tutor.tcss"
    TITLE = "tutor-tui"

    def __init__(
        self,
        run: Run,
        settings: Settings,
        lessons: AvailableLessons,
        target: Target | None = None,
        plan: Plan | None = None,
    ) -> None:
        """Runs `target`, or the lesson of `plan`; with neither, and no run to come back to, lists the lessons."""
        super().__init__(driver_class=ThriftyDriver)
        self.program_run, self.settings, self.lessons = run, settings, lessons
        self.showing = Showing(self, run, settings, self.action_find_bad)
        self.performer: Performer | None = None
        """Presses the keys, in a play."""
        self.signalled = 0
        """The signal that ended this program, 0 for none."""
        self._confirm = Confirm(run)
        for theme in OWN:
            self.register_theme(theme)
        self.theme = settings.theme or suitable_theme()
        self.animation_level = "none"
        if plan is not None:
            self._study(plan)
        elif target is not None:
            run.start(target)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colours that this program's own themes add to Textual's."""
        return OWN_COLOURS

    async def on_mount(self) -> None:
        """The walk, or first the list of lessons. What happens to the run is heard once there is a walk to show it."""
        await self.push_screen(self.showing.walk)
        if self.program_run.target is None and not self.program_run.attached:
            self.action_lessons()
        self._use_characters()
        heed_signals(self._called_off)
        self.run_worker(self.showing.listen(), exit_on_error=True)
        if self.performer is not None:
            self.run_worker(self.performer.play(), exit_on_error=True)

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

    async def on_event(self, event: events.Event) -> None:
        """A key of a person's ends a play that goes on; and only two presses in a row end a run that trains."""
        if isinstance(event, events.Key) and event.key not in ENDING:
            self._confirm.forget()
        if isinstance(event, events.Key) and self.performer is not None and self.performer.takes(event):
            return
        await super().on_event(event)

    # --- the run

    def _may_end(self, key: str) -> bool:
        """Whether the run may be ended by what a key does; where not, it is said."""
        doubt = self._confirm.doubt(key)
        if doubt:
            self.showing.say(doubt)
        return not doubt

    def action_rerun(self) -> None:
        """Run the same program again."""
        if self.program_run.target is not None and self._may_end("r"):
            self.program_run.start_again()

    def on_original(self, message: Original) -> None:
        """The program as it came."""
        if self.program_run.target is not None and self._may_end("R"):
            self.program_run.start_source(None)

    async def action_quit(self) -> None:
        """End the run and quit."""
        if self._may_end("q"):
            self.exit()

    async def action_interrupt(self) -> None:
        """Quit; where a text is being edited, that is not lost for a key."""
        interrupted = getattr(self.screen, "interrupted", None)
        if interrupted is not None:
            interrupted()
        else:
            await self.action_quit()

    def action_stop_run(self) -> None:
        """End the program that runs."""
        self.program_run.stop()

    def action_detach(self) -> None:
        """Leave; the run goes on."""
        if why_not := self.program_run.leave():
            self.showing.say(why_not)

    def action_find_bad(self) -> None:
        """Look for the first value that was not finite, by running the program again, unseen."""
        run = self.program_run
        if run.bad is not None and run.bad.how:
            self.showing.say(bad_text(run.bad))
            return
        passes = run.first_bad_pass()
        if run.target is None or passes is None:
            self.showing.say("Every loss so far is a finite number: there is nothing to look for.")
            return
        self.showing.say(f"Rerunning the program in the background to pass {passes}, checking every value…")
        self.run_worker(self._find_bad(passes), exclusive=True, group="check")

    async def _find_bad(self, passes: int) -> None:
        def progress(done: int) -> None:
            self.showing.say(f"Looking for the first non-finite value: pass {done:,} of {passes:,}…")

        bad = await self.program_run.find_bad(passes, progress)
        if bad is not None:
            self.showing.say(bad_text(bad))

    def on_show_curve(self, message: ShowCurve) -> None:
        """The screen on which a run is watched."""
        self.showing.show_curve()

    def _called_off(self, number: int) -> None:
        self.signalled = number
        try:
            termios.tcgetattr(0)
        except termios.error:  # nobody is there to draw for
            self.close_kernel()
            os._exit(128 + number)
        self.exit()

    def close_kernel(self) -> None:
        """Hang up; a run that was left alone goes on."""
        self.program_run.close()

    # --- lessons

    def action_lessons(self) -> None:
        """Choose a lesson."""
        from tutor_tui.ui.dialogs.picker import PickerScreen

        listed = self.lessons.listed()
        nothing_open = self.program_run.target is None and not self.program_run.attached
        last, problems = self.lessons.last_opened(), self.lessons.problems
        self.push_screen(PickerScreen(self.settings, listed, problems, last, nothing_open), self._chosen)

    def _chosen(self, name: str | None) -> None:
        """Open a lesson; one of a foreign pack only when the person has agreed to run it."""
        if name is None:
            return
        lesson = self.lessons.find(name)
        if not lesson.pack or self.lessons.progress.trusts(lesson.pack):
            self._study(Plan(lesson))
            return

        def agreed(text: str | None) -> None:
            if (text or "").casefold() in ("y", "yes"):
                self.lessons.progress.trust(lesson.pack)
                self._study(Plan(lesson))

        asked = f"{lesson.name} is a program from {lesson.pack} ({lesson.code}). Run it, and others from that pack?"
        from tutor_tui.ui.dialogs.prompt import PromptScreen

        self.push_screen(PromptScreen(self.settings, asked, "y runs it, Enter does not"), agreed)

    def on_next_lesson(self, message: NextLesson) -> None:
        """The lesson that follows the one that is open."""
        study = self.showing.walk.lesson.study
        following = self.lessons.after(study.lesson.name if study is not None else "")
        if following is None:
            self.showing.say("This was the last lesson. l lists them all.")
        self._chosen(following)

    def _study(self, plan: Plan) -> None:
        """Run a lesson and go on where one stood."""
        study = self.lessons.study(plan)
        self.showing.walk.open(study)
        self.program_run.start(study.target())

    # --- looks

    @property
    def _painter(self) -> Painter | None:
        return self._driver.painter if isinstance(self._driver, ThriftyDriver) else None

    def _forget_screen(self) -> None:
        if (painter := self._painter) is not None:
            painter.forget()

    def _use_characters(self) -> None:
        if (painter := self._painter) is not None:
            painter.ascii(self.settings.plain)

    def action_help(self) -> None:
        """Show the keys."""
        from tutor_tui.ui.dialogs.help import RowsScreen, help_rows, training_help_rows

        rows = training_help_rows() if self.showing.curve_is_shown else help_rows()
        self.push_screen(RowsScreen(self.settings, "keys", rows))

    def action_next_theme(self) -> None:
        """Another theme."""
        at = THEMES.index(self.theme) + 1 if self.theme in THEMES else 0
        self.action_use_theme(THEMES[at % len(THEMES)])

    def action_use_theme(self, name: str) -> None:
        """This theme, from now on."""
        self.theme = self.settings.theme = name
        self.showing.walk.say(f"Theme: {name}")
        self.call_after_refresh(
            self.showing.walk.show
        )  # a plot asks for colours, which are the old ones until then
        self._keep_settings()

    def action_ascii(self) -> None:
        """ASCII characters only, and back."""
        self.settings.toggle_ascii()
        self._keep_settings()
        self._use_characters()
        self.showing.walk.show()
        self.action_redraw()

    def _keep_settings(self) -> None:
        if problem := self.settings.keep():
            self.showing.walk.say(problem)

    def action_redraw(self) -> None:
        """Draw everything again."""
        self._forget_screen()
        self.screen.refresh(layout=True)
        self.refresh()

    def on_copy(self, message: Copy) -> None:
        """Send a text to the terminal's clipboard and keep it in a file; say what was done."""
        kept = keep_copy(message.text)
        if (painter := self._painter) is not None and len(message.text.encode()) <= LIMIT:
            painter.send(copy_sequence(message.text, bool(os.environ.get("TMUX"))))
        also = f"Also in {kept}" if kept else "No file could be written."
        self.showing.walk.say(f"Sent to the terminal's clipboard. {also}")
