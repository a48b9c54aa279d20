"""Where a program is that goes on unseen, and how fast its loop turns."""

from __future__ import annotations

from tutor_tui.protocol.messages import Unseen


class Whereabouts:
    """What was told last, and the pace since the loop's first turn that was told of."""

    def __init__(self) -> None:
        self.now: Unseen | None = None
        self._first: Unseen | None = None

    def take(self, told: Unseen) -> None:
        """Another place; or none, when its lines are seen again."""
        before, self.now = self.now, told if told.line else None
        again = before is not None and before.file == told.file and 0 < before.turn <= told.turn
        if not again or before is None or before.values != told.values:
            self._first = self.now

    @property
    def pace(self) -> float | None:
        """Turns a second; None where the loop does not count."""
        now, first = self.now, self._first
        if now is None or first is None or now.seconds <= first.seconds or now.turn <= first.turn:
            return None
        return (now.turn - first.turn) / (now.seconds - first.seconds)
