"""What the program has printed up to a moment."""

from __future__ import annotations

from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.ui.panes.output_rows import output_rows
from tutor_tui.ui.panes.pane import Last, Pane
from tutor_tui.ui.panes.rows import Row, row
from tutor_tui.ui.settings import Settings

NOTHING = "Nothing has been printed yet."


class OutputPane(Pane):
    """Shows the last lines."""

    name_shown = "output"

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, id="output", title=self.name_shown)
        self._printed = Last[list[Row]]()

    def measure(self, cursor: Cursor, width: int) -> int:
        """A row a line, and more for a long one."""
        return len(self._lines(cursor, width))

    def reset(self) -> None:
        """Nothing is printed."""
        super().reset()
        self._printed.forget()

    def show(self, cursor: Cursor) -> None:
        """The newest line is kept in sight."""
        rows = self._lines(cursor, self.room.width)
        self.show_rows(rows or [row((NOTHING, "dim"))], len(rows) - 1)

    def _lines(self, cursor: Cursor, width: int) -> list[Row]:
        return self._printed.get(cursor, width, lambda: output_rows(cursor, width))
