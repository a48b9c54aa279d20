"""One line to type into."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tutor_tui.ui.settings import Settings

TYPED = {"number": r"[-+.,\deE]*", "shape": r"[\d,x× ()]*", "choice": r"\d*"}
"""What can be typed as an answer to each kind of question."""


class Answer(Input):
    """An answer: the keys that walk also walk past a question that nobody has begun to answer."""

    def on_key(self, event: events.Key) -> None:
        """`right` and `n` leave an empty line."""
        if event.key in ("right", "n") and not self.value:
            event.stop()
            event.prevent_default()
            self.screen.dismiss(None)


class PromptScreen(ModalScreen[str | None]):
    """Asks for a line; the result is None where the person left it with Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "leave"),
    ]

    def __init__(self, settings: Settings, question: str, hint: str, kind: str = "") -> None:
        """`kind` restricts what can be typed to an answer of that kind."""
        super().__init__()
        self._settings = settings
        self._question = question
        self._hint = hint
        self._restrict = TYPED.get(kind)

    def compose(self) -> ComposeResult:
        """The question above the line."""
        leave = "Enter alone or → skips" if self._restrict else "Esc leaves"
        text = f"{self._question}  ({self._hint}; {leave})"
        yield Static(self._settings.characters(text), id="question", markup=False)
        yield (Answer if self._restrict else Input)(id="answer", compact=True, restrict=self._restrict)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Done."""
        self.dismiss(event.value.strip())

    def action_leave(self) -> None:
        """Nothing was asked for."""
        self.dismiss(None)
