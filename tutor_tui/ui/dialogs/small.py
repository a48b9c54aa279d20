"""What stands on a terminal in which nothing else would fit."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

COLUMNS, ROWS = 60, 15


class SmallScreen(ModalScreen[None]):
    """Asks for room; gone as soon as there is some."""

    BINDINGS: ClassVar[list[BindingType]] = [("q", "app.quit")]

    def compose(self) -> ComposeResult:
        """One sentence."""
        yield Static(
            f"tutor-tui needs {COLUMNS}×{ROWS} cells.\nMake this window larger, or its font smaller. q quits.",
            id="small",
            markup=False,
        )
