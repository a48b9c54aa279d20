"""What freezes a watched run by itself: a loss that is NaN or infinite, a jump, a large norm of the gradients."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import isfinite

from tutor_tui.kernel.training.series import SeriesLog
from tutor_tui.protocol.messages import FreezeWhen

RECENT = 50
"""Values of a loss that make its recent range."""
FEWEST = 10
"""Values from which on a range is one."""


class Conditions:
    """Looks at each value as it is measured. A condition holds once: the screen sets it again."""

    def __init__(self, measures: SeriesLog, caught: Callable[[str], None]) -> None:
        """`caught` is called with what was seen."""
        self._measures, self._caught = measures, caught
        self._when = FreezeWhen()
        self._recent: dict[int, deque[float]] = {}

    def set(self, when: FreezeWhen) -> None:
        """Look for this from now on."""
        self._when = when
        self._recent.clear()
        self._measures.on_value = self._judge if when.finite or when.jump else None
        self._measures.on_norm = self._judge_norm if when.norm else None

    def _judge(self, series: int, passes: int, value: float) -> None:
        if series not in self._measures.losses:
            return
        when = self._when
        if not isfinite(value):
            if when.finite:
                self._found(f"a loss was {value} at pass {passes}")
            return
        recent = self._recent.setdefault(series, deque(maxlen=RECENT))
        if when.jump and len(recent) >= FEWEST:
            low, high = min(recent), max(recent)
            if value - high > when.jump * (high - low):
                self._found(
                    f"a loss jumped to {value:.6g} at pass {passes}, recent range {low:.6g} to {high:.6g}"
                )
        recent.append(value)

    def _judge_norm(self, passes: int, norm: float) -> None:
        if not norm <= self._when.norm:
            self._found(f"the gradient norm was {norm:.6g} at pass {passes}, over {self._when.norm:g}")

    def _found(self, why: str) -> None:
        self.set(FreezeWhen())
        self._caught(why)
