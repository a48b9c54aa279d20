"""Help, made from the action registry."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from tutor_tui.ui.actions import ACTIONS, key_name


def help_text() -> str:
    """Every action with its keys, group by group."""
    lines: list[str] = []
    group = ""
    for action in ACTIONS:
        if action.group != group:
            group = action.group
            lines.append(group)
        lines.append(f"  {' or '.join(map(key_name, action.keys)):<12} {action.help}")
    return "\n".join([*lines, "Any of ? q Esc closes this help."])


class HelpScreen(ModalScreen[None]):
    """The keys. Any of the closing keys leads back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss"),
        ("q", "dismiss"),
        ("question_mark", "dismiss"),
        ("enter", "dismiss"),
    ]

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(help_text(), id="help", markup=False)
