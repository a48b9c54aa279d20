"""The program's text: the line that runs, the very sub-expression, breakpoints, and what lines have bound."""

from __future__ import annotations

from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.ui.panes.code_rows import CodeRows, longest_line, run_by_library
from tutor_tui.ui.panes.line_pane import SLIDE
from tutor_tui.ui.panes.outcome import Draw, Go, Outcome, Say
from tutor_tui.ui.panes.pane import Last, Pane
from tutor_tui.ui.settings import Settings

MARGIN = 7
"""Cells beside the text of a line: its number, its marks, and the sign that there is more."""


class CodePane(Pane):
    """Shows the file one stands in. Entering a line goes to where it runs next."""

    name_shown = "code"
    held = 1

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, id="code", title=self.name_shown)
        self.knob = ""
        """What stands before the title: a lesson's knob and where it stands."""
        self._breakpoints: set[tuple[str, int]] = set()
        self._cursor: Cursor | None = None
        self._code: CodeRows | None = None
        self._in_library = False
        self._laid_out = Last[CodeRows]()

    def measure(self, cursor: Cursor, width: int) -> int:
        """A row a line."""
        return len(self._rows_of(cursor, width))

    def longest_line(self, cursor: Cursor) -> int:
        """Characters of the longest line of the file one stands in."""
        return longest_line(cursor, self._in_library)

    def show(self, cursor: Cursor) -> None:
        """The running line is kept in sight, and so is the sub-expression that ran."""
        self._cursor = cursor
        self._code = self._rows_of(cursor, self.room.width)
        self.set_title(self.knob + self._code.title())
        self._follow(self._code.extent() if len(self._code) == self._code.lines else None)
        self.show_rows(self._code, self._code.focus)

    def _rows_of(self, cursor: Cursor, width: int) -> CodeRows:
        of = (width, self._in_library, frozenset(self._breakpoints))
        return self._laid_out.get(
            cursor, of, lambda: CodeRows(cursor, self._breakpoints, self._in_library, width)
        )

    def _follow(self, extent: tuple[int, int] | None) -> None:
        """Scroll sideways no further than it takes to have the sub-expression in sight."""
        start, end = extent or (0, 0)
        room = self.room.width - MARGIN
        if end - self.left > room or start < self.left:
            self.left = max(0, min(start, end - room + SLIDE - 1) // SLIDE * SLIDE) if end > room else 0

    def reset(self) -> None:
        """Breakpoints stay: they belong to the session, not to a run."""
        super().reset()
        self._cursor = self._code = None
        self._laid_out.forget()

    def choose(self, row: int) -> Outcome:
        """To the next time that the line runs."""
        if self._cursor is None or self._code is None or not len(self._cursor.trace):
            return None
        line = self._code.line(row)
        index = self._cursor.trace.lines.run_of(self._code.file, line, self._cursor.index)
        return Go(index, f"Line {line} does not run again after this step.")

    def row_of(self, line: int) -> int:
        """The row in which a line, from 1, begins."""
        return self._code.row(line) if self._code is not None else 0

    def action_breakpoint(self) -> Outcome:
        """Set or take a breakpoint at the marked line, or the one that runs."""
        if self._cursor is None or self._code is None or not len(self._cursor.trace):
            return None
        line = self._code.line(self.mark if self.mark is not None else self._code.focus)
        self._breakpoints ^= {(self._code.file, line)}
        return Draw()

    def action_next_break(self) -> Outcome:
        """To the next breakpoint."""
        return self._to_break(backwards=False)

    def action_previous_break(self) -> Outcome:
        """To the breakpoint before."""
        return self._to_break(backwards=True)

    def action_library(self) -> Outcome:
        """To the line of the library that ran this step, and back to the program's."""
        if not self._in_library and (self._cursor is None or run_by_library(self._cursor) is None):
            return Say("No library ran this step: the marked line did it itself.")
        self._in_library = not self._in_library
        return Draw()

    def _to_break(self, backwards: bool) -> Outcome:
        if not self._breakpoints:
            return Say("There is no breakpoint: Tab to the code, mark a line with j and k, and press B.")
        cursor = self._cursor
        if cursor is None or not len(cursor.trace):
            return None
        found = [cursor.trace.lines.run_of(f, line, cursor.index, backwards) for f, line in self._breakpoints]
        stops = [stop for stop in found if stop is not None]
        nearest = (max(stops) if backwards else min(stops)) if stops else None
        return Go(nearest, f"No breakpoint is reached {'before' if backwards else 'after'} this step.")
