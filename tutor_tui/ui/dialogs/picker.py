"""The list of lessons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor_tui.course.standing import Standing
from tutor_tui.lessons.model import Lesson
from tutor_tui.text.fit import fit
from tutor_tui.ui.settings import Settings

INDENT = 3
"""Cells by which a summary stands further in than its title."""


class PickerScreen(Screen[str | None]):
    """Choose a lesson; the result is its name."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "back")]

    def __init__(
        self,
        settings: Settings,
        found: Sequence[tuple[Lesson, Standing]],
        problems: Sequence[str],
        last: str = "",
        alone: bool = False,
    ) -> None:
        """Lessons with how far one is in each, and what could not be read.

        `last` is the lesson that one went on with last; `alone` says that nothing is open behind the list.
        """
        super().__init__()
        self._last, self._alone = last, alone
        self._settings = settings
        self._found, self._problems = found, problems

    def compose(self) -> ComposeResult:
        """A title, the lessons in order, the keys."""
        title = self._settings.characters("tutor-tui · see how PyTorch works")
        yield Static(title, id="picker-title", markup=False)
        yield OptionList(*map(self._option, self._found), id="picker", markup=False)
        if self._problems:
            yield Static(
                self._settings.characters("\n".join(self._problems)), id="picker-problems", markup=False
            )
        back = "" if self._alone else "   Esc back"
        keys = f" ↑↓ choose   Enter open{back}   ? help   q quit"
        yield Static(self._settings.characters(keys), id="keys", markup=False)

    def on_mount(self) -> None:
        """Begin at the lesson one went on with last, or else at the first in which something is left to do."""
        picker = self.query_one("#picker", OptionList)
        left = [n for n, (_, stands) in enumerate(self._found) if not stands.done]
        last = [n for n in left if self._found[n][0].name == self._last]
        if self._found:
            picker.highlighted = (last or left or [0])[0]
        picker.focus()

    def _option(self, entry: tuple[Lesson, Standing]) -> Option:
        lesson, stands = entry
        minutes = f" · {lesson.minutes} min" if lesson.minutes else ""
        whose = f" · from {lesson.pack}" if lesson.pack else ""
        head = f"{lesson.order}. {lesson.title}{minutes}{stands.text}{whose}"
        summary = fit(lesson.summary, max(20, self.app.size.width - INDENT - 3))
        return Option(self._settings.characters(f"{head}\n{' ' * INDENT}{summary}"), id=lesson.name)

    def action_back(self) -> None:
        """To what is open already, if anything is."""
        if self._alone:
            said = " Nothing is open yet: Enter opens the marked lesson, q quits."
            self.query_one("#keys", Static).update(self._settings.characters(said))
        else:
            self.dismiss(None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open it."""
        self.dismiss(event.option.id)
