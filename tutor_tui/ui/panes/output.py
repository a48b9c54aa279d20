"""What the program has printed up to a moment."""

from __future__ import annotations

from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.ui.panes.output_rows import output_rows
from tutor_tui.ui.panes.pane import Pane
from tutor_tui.ui.settings import Settings


class OutputPane(Pane):
    """Shows the last lines."""

    name_shown = "output"

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, id="output", title=self.name_shown)

    def show(self, cursor: Cursor) -> None:
        """The newest line is kept in sight."""
        rows = output_rows(cursor)
        self.show_rows(rows, len(rows) - 1)
