"""A pane of the walk: a function of the moment one stands at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from tutor_tui.text.safe import one_line
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.ui.panes.line_pane import LinePane
from tutor_tui.ui.panes.outcome import Outcome

T = TypeVar("T")
ESSENCE = 12
"""Rows of a text around the place one looks at."""
FRAME = 6
"""Cells of a pane's upper edge that its title cannot have."""


class Last(Generic[T]):
    """What was made last, and of what: a pane is measured, and then draws the same."""

    def __init__(self) -> None:
        self._of: object = None
        self._made: T | None = None

    def get(self, cursor: Cursor, of: object, make: Callable[[], T]) -> T:
        """The same as last time for the same step and the same other things that it is made `of`."""
        key = (id(cursor.trace), len(cursor.trace), cursor.index, of)
        if self._made is None or key != self._of:
            self._of, self._made = key, make()
        return self._made

    def forget(self) -> None:
        """Another run."""
        self._of = self._made = None


class Pane(LinePane):
    """Shows rows about a cursor. What a key asks of it is an `action_…` that answers with an `Outcome`."""

    name_shown = ""
    """What stands first in the title."""

    def show(self, cursor: Cursor) -> None:
        """Draw what there is to see at a cursor."""
        raise NotImplementedError

    def measure(self, cursor: Cursor, width: int) -> int:
        """How many rows would show all there is to see at a cursor in `width` cells; 0 for nothing at all."""
        raise NotImplementedError

    def essence(self, cursor: Cursor) -> int:
        """How many rows show what matters most; asked after `measure`."""
        return ESSENCE

    def choose(self, row: int) -> Outcome:
        """Where a row leads that was marked and entered, or clicked twice."""
        return None

    def reset(self) -> None:
        """Another run begins: nothing of the one before is kept."""
        self.forget()

    def set_title(self, rest: str = "") -> None:
        """The pane's name, and what there is to say of it now."""
        title = self.settings.characters(f"{self.name_shown} · {rest}" if rest else self.name_shown)
        title = one_line(title, max(len(self.name_shown), self.room.width + 2 - FRAME))
        if self.border_title != title:
            self.border_title = title
