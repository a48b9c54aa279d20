"""A program to change and run: a lesson's, one's own, or an exercise's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import wrap
from time import monotonic
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from tutor_tui.lessons.model import Exercise
from tutor_tui.lessons.progress import Work
from tutor_tui.ui.panes.line_pane import LinePane
from tutor_tui.ui.panes.markdown import markdown_rows
from tutor_tui.ui.settings import Settings

SLOW = 3
"""Seconds after which a run is said to go on."""
WALK = "walk"
"""What an exercise comes back with where its own record is to be walked."""
KEYS = " Ctrl-S run   Ctrl-R reset   Esc back "


def complaint(source: str) -> tuple[int, int, str]:
    """Line and column of a syntax error, and what it is; "" where there is none."""
    try:
        compile(source, "program", "exec", dont_inherit=True)
    except SyntaxError as error:
        return error.lineno or 1, error.offset or 1, f"Line {error.lineno}: {error.msg}. Nothing was run."
    except ValueError as error:
        return 1, 1, f"{error}. Nothing was run."
    return 1, 1, ""


SAID = 0.4
"""Part of the screen's height in which something is said of the text."""


class EditorScreen(ModalScreen[str | None]):
    """The result is the program to run; None where the person left without running it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", priority=True),
        Binding("ctrl+s", "run", priority=True),
        Binding("ctrl+r", "reset", priority=True),
    ]

    def __init__(
        self, settings: Settings, source: str, original: str, line: int = 1, title: str = "edit"
    ) -> None:
        super().__init__()
        self._settings = settings
        self._source, self._original, self._line, self._title = source, original, line, title
        self._warned = ""
        """The text whose loss has been warned of."""

    def compose(self) -> ComposeResult:
        """The text, what is wrong with it, the keys."""
        with Vertical(id="editor"):
            yield from self.above()
            yield TextArea(self._source, id="text", show_line_numbers=True, tab_behavior="indent")
            yield Static("", id="wrong", markup=False)
            yield Static(self.keys(), id="editor-keys", markup=False)

    def above(self) -> ComposeResult:
        """What stands over the text."""
        yield Static(f" {self._title}", id="editor-title", markup=False)

    def keys(self) -> str:
        """The keys that matter here."""
        return KEYS

    def on_mount(self) -> None:
        """The cursor goes to the line that was running."""
        text = self.query_one("#text", TextArea)
        text.move_cursor((max(0, self._line - 1), 0), center=True)
        text.focus()

    def action_run(self) -> None:
        """Run what has been typed: keys that are still on their way to the text come first."""
        self.query_one("#text", TextArea).call_later(self._run_text)

    def _run_text(self) -> None:
        """Hand the program over, or point at what is wrong with it."""
        text = self.query_one("#text", TextArea)
        line, column, wrong = complaint(text.text)
        if wrong:
            self.say(wrong)
            text.move_cursor((line - 1, column - 1), center=True)
        else:
            self.run_it(text.text)

    def run_it(self, source: str) -> None:
        """What to do with a program that can be run."""
        self.dismiss(source)

    def action_reset(self) -> None:
        """The text as it was at first; Ctrl-Z takes that back."""
        text = self.query_one("#text", TextArea)
        text.replace(self._original, (0, 0), text.document.end)
        self.say("This is the original text; Ctrl-Z undoes the reset.")

    def action_leave(self) -> None:
        """Back, nothing run; what has been typed is dropped only at the second try."""
        self.query_one("#text", TextArea).call_later(self._leave)

    def _leave(self) -> None:
        text = self.query_one("#text", TextArea).text
        if text in (self._source, self._warned):
            self.dismiss(None)
            return
        self._warned = text
        self.say("Your changes have not been run. Ctrl-S runs them; Esc again drops them.")

    def interrupted(self) -> None:
        """Ctrl-C, which ends the program elsewhere, copies here."""
        text = self.query_one("#text", TextArea)
        if text.selected_text:
            text.action_copy()
        copied = "Copied the selection." if text.selected_text else "Nothing is selected to copy."
        self.say(f"{copied} Esc goes back; there, Ctrl-C quits.")

    def say(self, text: str) -> None:
        """Something about the text."""
        self.query_one("#wrong", Static).update(self._settings.characters(text))


class ExerciseScreen(EditorScreen):
    """An exercise: its task above, the verdicts below. Stays open while the program is run and checked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+t", "hint", priority=True),
        Binding("ctrl+o", "solution", priority=True),
        Binding("ctrl+g", "walk", priority=True),
    ]

    def __init__(
        self,
        settings: Settings,
        exercise: Exercise,
        work: Work,
        run: Callable[[str], None],
        stop: Callable[[], None],
        keep: Callable[[str, int], None],
    ) -> None:
        """`work` is how far one is; `run` checks a text, `stop` ends that run, `keep` saves text and hints taken."""
        starter = exercise.starter.read_text(encoding="utf-8")
        super().__init__(settings, work.code, starter, work.code.count("\n") + 1, title="exercise")
        self._since: float | None = None
        """When the run began that is being checked."""
        self._assignment, self._hints = exercise.task, exercise.hints
        self._solution = exercise.solution.read_text(encoding="utf-8")
        self._run, self._stop, self._keep, self._taken = run, stop, keep, work.hints

    def above(self) -> ComposeResult:
        """The task."""
        yield LinePane(self._settings, id="task", title="exercise")

    def keys(self) -> str:
        """The keys that matter here."""
        return " Ctrl + S check, G walk it, T hint, O solution, R starter · Esc back"

    def on_mount(self) -> None:
        """The text first."""
        super().on_mount()
        pane = self.query_one("#task", LinePane)
        pane.can_focus = False
        pane.show_rows(markdown_rows(self._assignment, max(20, self.app.size.width - 6)))
        self.set_interval(1, self._tell_time)

    def run_it(self, source: str) -> None:
        """Run and check; the verdicts come when the program has ended."""
        self._since = monotonic()
        self._tell_time()
        self._run(source)

    def _tell_time(self) -> None:
        """How long it has been running: it may never end."""
        if self._since is not None:
            seconds = monotonic() - self._since
            self.say("Running…" if seconds < SLOW else f"Still running after {seconds:.0f} s. Esc stops it.")

    def verdicts(self, lines: Sequence[str]) -> None:
        """What the check found."""
        self._since = None
        self.say("\n".join(self._fitting(lines)))

    def _fitting(self, lines: Sequence[str]) -> list[str]:
        """The lines that there is room for; where that is not all, those that do not hold come first."""
        width, room = max(20, self.app.size.width - 2), int(self.app.size.height * SAID)
        rows = [max(1, len(wrap(line, width))) for line in lines]
        if sum(rows) <= room:
            return list(lines)
        order = sorted(range(len(lines)), key=lambda n: not lines[n].startswith("✗"))
        shown: list[str] = []
        for n in order:
            room -= rows[n]
            if room < 1:
                break
            shown.append(lines[n])
        left = len(lines) - len(shown)
        return [*shown, f"and {left} more."]

    def action_hint(self) -> None:
        """The next hint, from faint to plain."""
        if not self._hints:
            self.say("There are no hints for this one.")
            return
        self._taken = min(self._taken + 1, len(self._hints))
        self._keep(self.query_one("#text", TextArea).text, self._taken)
        shown = self._hints[: self._taken]
        self.say("\n".join(f"Hint {n} of {len(self._hints)}: {hint}" for n, hint in enumerate(shown, 1)))

    def action_solution(self) -> None:
        """Put a solution in the text's place, once every hint has been seen."""
        if self._taken < len(self._hints):
            self.say(f"Hints first: {len(self._hints) - self._taken} left (Ctrl-T).")
            return
        text = self.query_one("#text", TextArea)
        text.replace(self._solution, (0, 0), text.document.end)
        self.say("This is one solution; Ctrl-Z brings back your own.")

    def action_leave(self) -> None:
        """Back to the lesson; the text is kept. A program that runs is stopped, and one stays."""
        if self._since is not None:
            self._stop()
        else:
            self.query_one("#text", TextArea).call_later(self._leave_with, None)

    def action_walk(self) -> None:
        """To the record of the program as it was run last."""
        self.query_one("#text", TextArea).call_later(self._leave_with, WALK)

    def _leave_with(self, result: str | None) -> None:
        self._keep(self.query_one("#text", TextArea).text, self._taken)
        self.dismiss(result)
