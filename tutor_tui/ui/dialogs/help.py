"""Help, made from the action registry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tutor_tui.ui.keys.actions import ACTIONS
from tutor_tui.ui.keys.names import key_name
from tutor_tui.ui.keys.training import TRAINING_ACTIONS
from tutor_tui.ui.panes.line_pane import LinePane
from tutor_tui.ui.panes.rows import Row, row
from tutor_tui.ui.settings import Settings


def help_rows() -> list[Row]:
    """Every action with its keys, group by group."""
    rows: list[Row] = []
    group = ""
    for action in ACTIONS:
        if action.group != group:
            group = action.group
            rows.append(row((group, "title")))
        rows.append(row((f"  {' '.join(map(key_name, action.keys)):<14}", "now"), action.help))
    return rows


def training_help_rows() -> list[Row]:
    """The keys beside the curve."""
    rows = [row(("While a run is watched", "title"))]
    rows += [row((f"  {' '.join(map(key_name, a.keys)):<14}", "now"), a.help) for a in TRAINING_ACTIONS]
    return rows


class RowsScreen(ModalScreen[None]):
    """Rows to read. Any of the closing keys leads back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,enter,T", "dismiss")]

    def __init__(self, settings: Settings, title: str, rows: Sequence[Row]) -> None:
        super().__init__()
        self._settings = settings
        self._title, self._rows = title, rows

    def compose(self) -> ComposeResult:
        """Rows that scroll."""
        wide = f"{self._title} · ↑↓ PgUp PgDn scroll · ? q Esc close"
        title = f"{self._title}: up and down scroll, Esc closes" if self._settings.plain else wide
        yield LinePane(self._settings, id="help", title=title)

    def on_mount(self) -> None:
        """Show them."""
        pane = self.query_one("#help", LinePane)
        pane.focus()
        self.call_after_refresh(lambda: pane.show_rows(self._rows))
