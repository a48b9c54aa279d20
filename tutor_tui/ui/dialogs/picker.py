"""The list of lessons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor_tui.lessons.model import Lesson
from tutor_tui.ui.settings import Settings


class PickerScreen(Screen[str | None]):
    """Choose a lesson; the result is its name."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "back")]

    def __init__(
        self, settings: Settings, found: Sequence[tuple[Lesson, str]], problems: Sequence[str]
    ) -> None:
        """Lessons with how far one is in each, and what could not be read."""
        super().__init__()
        self._settings = settings
        self._found, self._problems = found, problems

    def compose(self) -> ComposeResult:
        """A title, the lessons in order, the keys."""
        yield Static("tutor-tui · see how PyTorch works", id="picker-title", markup=False)
        yield OptionList(*map(self._option, self._found), id="picker", markup=False)
        if self._problems:
            yield Static(
                self._settings.characters("\n".join(self._problems)), id="picker-problems", markup=False
            )
        keys = " ↑↓ choose   Enter open   Esc back   ? help   q quit"
        yield Static(self._settings.characters(keys), id="keys", markup=False)

    def on_mount(self) -> None:
        """Begin at the first lesson that has not been walked to its end."""
        picker = self.query_one("#picker", OptionList)
        left = [n for n, (_, done) in enumerate(self._found) if "to the end" not in done]
        if self._found:
            picker.highlighted = left[0] if left else 0
        picker.focus()

    def _option(self, entry: tuple[Lesson, str]) -> Option:
        lesson, done = entry
        minutes = f" · {lesson.minutes} min" if lesson.minutes else ""
        whose = f" · from {lesson.pack}" if lesson.pack else ""
        head = f"{lesson.order}. {lesson.title}{minutes}{done}{whose}"
        return Option(self._settings.characters(f"{head}\n   {lesson.summary}"), id=lesson.name)

    def action_back(self) -> None:
        """To what is open already, if anything is."""
        self.dismiss(None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open it."""
        self.dismiss(event.option.id)
