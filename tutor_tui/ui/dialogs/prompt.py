"""One line to type into."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tutor_tui.ui.settings import Settings


class PromptScreen(ModalScreen[str | None]):
    """Asks for a line; the result is None where the person left it with Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "leave"),
    ]

    def __init__(self, settings: Settings, question: str, hint: str) -> None:
        super().__init__()
        self._settings = settings
        self._question = question
        self._hint = hint

    def compose(self) -> ComposeResult:
        """The question above the line."""
        text = f"{self._question}  ({self._hint}; Esc cancels)"
        yield Static(self._settings.characters(text), id="question", markup=False)
        yield Input(id="answer", compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Done."""
        self.dismiss(event.value.strip())

    def action_leave(self) -> None:
        """Nothing was asked for."""
        self.dismiss(None)
