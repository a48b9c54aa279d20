"""The list of lessons."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor_tui.lessons.catalog import lessons


class PickerScreen(Screen[str | None]):
    """Choose a lesson; the result is its name."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "back")]

    def compose(self) -> ComposeResult:
        """A title, the lessons in order, the keys."""
        yield Static("tutor-tui · see how PyTorch works", id="picker-title", markup=False)
        yield OptionList(
            *(Option(f"{lesson.title}\n  {lesson.summary}", id=lesson.name) for lesson in lessons()),
            id="picker",
            markup=False,
        )
        yield Static(" ↑↓ choose   Enter open   Esc back   ? help   q quit", id="keys", markup=False)

    def action_back(self) -> None:
        """To what is open already, if anything is."""
        self.dismiss(None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open it."""
        self.dismiss(event.option.id)
