"""The names alive at a moment: value, shape, dtype, device, gradient."""

from __future__ import annotations

from collections.abc import Sequence

from tutor_tui.lessons.model import Labels
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.ui.panes.outcome import Inspect, Outcome
from tutor_tui.ui.panes.pane import Last, Pane
from tutor_tui.ui.panes.rows import row
from tutor_tui.ui.panes.state_rows import AllSaid, State
from tutor_tui.ui.settings import Settings

NOTHING = "No name has a value yet."


class StatePane(Pane):
    """Shows names and values. Entering a name looks into its tensor."""

    name_shown = "state"

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, id="state", title=self.name_shown)
        self.labels: Sequence[Labels] = ()
        """A lesson's names for rows and columns."""
        self._state = State([], [])
        self._all_said = Last[AllSaid]()
        """All there is to see."""
        self._least = 0

    def measure(self, cursor: Cursor, width: int) -> int:
        """With every matrix laid out and every row gone on with."""
        whole = self._all(cursor, width).whole
        self._least = whole.least
        return len(whole.rows)

    def essence(self, cursor: Cursor) -> int:
        """A row a name."""
        return self._least

    def show(self, cursor: Cursor) -> None:
        """What the step has changed is kept in sight."""
        width, height = self.room
        said = self._all(cursor, width)
        self._state = said.whole if len(said.whole.rows) <= height else said.within(height)
        self.show_rows(self._state.rows or [row((NOTHING, "dim"))], self._state.first_changed())

    def _all(self, cursor: Cursor, width: int) -> AllSaid:
        of = width, tuple(self.labels)
        return self._all_said.get(cursor, of, lambda: AllSaid(cursor, width, self.labels))

    def reset(self) -> None:
        """No names."""
        super().reset()
        self._state = State([], [])
        self._all_said.forget()

    def choose(self, row: int) -> Outcome:
        """Look into the tensor."""
        return Inspect(self.tensor_at(row))

    def tensor_at(self, row: int) -> int | None:
        """The tensor that a row is about; None where it is about none."""
        return self._state.tensors[row] if row < len(self._state.tensors) else None
