"""The names alive at a moment: value, shape, dtype, device, gradient."""

from __future__ import annotations

from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.ui.panes.outcome import Inspect, Outcome
from tutor_tui.ui.panes.pane import Pane
from tutor_tui.ui.panes.state_rows import State, state
from tutor_tui.ui.settings import Settings


class StatePane(Pane):
    """Shows names and values. Entering a name looks into its tensor."""

    name_shown = "state"

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, id="state", title=self.name_shown)
        self._state = State([], [])

    def show(self, cursor: Cursor) -> None:
        """What the step has changed is kept in sight."""
        self._state = state(cursor, self.size.width - 2, self.size.height - 1)
        self.show_rows(self._state.rows, self._state.first_changed())

    def reset(self) -> None:
        """No names."""
        super().reset()
        self._state = State([], [])

    def choose(self, row: int) -> Outcome:
        """Look into the tensor."""
        return Inspect(self.tensor_at(row))

    def tensor_at(self, row: int) -> int | None:
        """The tensor that a row is about; None where it is about none."""
        return self._state.tensors[row] if row < len(self._state.tensors) else None
