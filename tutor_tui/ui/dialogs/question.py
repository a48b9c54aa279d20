"""A lesson's question, on a card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tutor_tui.ui.settings import Settings

UNSEEN = 0.4
"""Seconds in which a key that walks is taken to have been meant for the step before: the card has hardly been seen."""
KEYS = "Enter answers   → shows the answer   Esc goes back"
NOTHING = "Type an answer, or press → to see it."


class Answer(Input):
    """The line to type into: the keys that walk ask for the answer as long as nothing is typed."""

    def on_key(self, event: events.Key) -> None:
        """`right` and `n` on an empty line."""
        if event.key in ("right", "n") and not self.value:
            event.stop()
            event.prevent_default()
            screen = self.screen
            if isinstance(screen, QuestionScreen):
                screen.reveal()


class QuestionScreen(ModalScreen[str | None]):
    """The result is the answer that was given, "" to be shown it, None to go back and be asked again."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave")]

    def __init__(
        self,
        settings: Settings,
        question: str,
        choices: Sequence[str],
        hint: str,
        check: Callable[[str], str],
    ) -> None:
        """`check` says what is wrong with how an answer is written, "" for nothing."""
        super().__init__()
        self._settings = settings
        self._question, self._choices, self._hint, self._check = question, choices, hint, check
        self._shown = monotonic()

    def compose(self) -> ComposeResult:
        """The question, its choices, the line, what is wrong with it, the keys."""
        listed = [f"{n}  {text}" for n, text in enumerate(self._choices, 1)]
        text = "\n".join([self._question, *([""] if listed else []), *listed])
        card = Vertical(
            Static(self._settings.characters(text), id="asked", markup=False),
            Answer(id="answer", compact=True, placeholder=self._settings.characters(self._hint)),
            Static("", id="wrong", markup=False),
            Static(self._settings.characters(KEYS), id="question-keys", markup=False),
            id="card",
        )
        card.border_title = "question"
        yield card

    def on_mount(self) -> None:
        """From now on it can be seen."""
        self._shown = monotonic()

    def reveal(self) -> None:
        """Show the answer, once the question can have been read."""
        if monotonic() - self._shown >= UNSEEN:
            self.dismiss("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """An answer, if it can be one."""
        given = event.value.strip()
        wrong = self._check(given) if given else NOTHING
        if not wrong:
            self.dismiss(given)
            return
        self.query_one("#wrong", Static).update(self._settings.characters(wrong))
        event.input.select_all()

    def action_leave(self) -> None:
        """Back to the step before."""
        self.dismiss(None)
