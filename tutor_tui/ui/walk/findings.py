"""What is wrong with the program: how many findings there are, and the list of them."""

from __future__ import annotations

from tutor_tui.client.run import Run
from tutor_tui.trace.words.found import counted
from tutor_tui.ui.panes.outcome import Go, Open, Outcome, Say
from tutor_tui.ui.settings import Settings

NONE = "Nothing wrong was found in this record."
NOT_YET = "What is wrong is known once the program is over, or is only watched."


class FindingActions:
    """The findings of a run."""

    def __init__(self, run: Run, settings: Settings) -> None:
        self._run, self._settings = run, settings

    def told(self) -> str:
        """`2 mistakes: a`, for the last line of the screen; "" where nothing was found."""
        found = counted(self._run.trace.findings)
        return f"{found}: a" if found else ""

    def action_findings(self) -> Outcome:
        """The list; choosing a step of it goes there."""
        trace = self._run.trace
        if not trace.findings:
            return Say(NONE if self._run.settled else NOT_YET)

        def chosen(seq: int | None) -> Outcome:
            return Go(trace.stop_of(seq)) if seq is not None else None

        from tutor_tui.ui.dialogs.findings import FindingsScreen

        return Open(FindingsScreen(self._settings, trace), chosen)
