"""A key that would end a run that trains does so only when it is pressed twice."""

from __future__ import annotations

from tutor_tui.client.run import Run


class Confirm:
    """Remembers which key was pressed once."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._pressed = ""

    def forget(self) -> None:
        """Another key was pressed."""
        self._pressed = ""

    def doubt(self, key: str) -> str:
        """What to say instead of ending the run; "" where it may be ended."""
        if not self._run.trains or self._pressed == key:
            self._pressed = ""
            return ""
        self._pressed = key
        passes = self._run.trace.curves.passes
        return f"This ends the run, now at pass {passes:,}. {key} again confirms; d detaches it."
