"""The loss over the passes, reduced to what a plot can show."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tutor_tui.protocol.messages import Loss
from tutor_tui.trace.trace import Trace

Point = tuple[float, float]


def loss_points(trace: Trace) -> list[Point]:
    """Iteration and value of every loss that is a finite number."""
    steps = [trace.steps[seq] for seq in trace.losses]
    return [
        (float(s.iteration), s.value)
        for s in steps
        if isinstance(s, Loss) and s.value is not None and math.isfinite(s.value)
    ]


def extremes(points: Sequence[Point], columns: int) -> list[Point]:
    """At most two points a column, its lowest and its highest: no peak is ever lost."""
    if len(points) <= 2 * columns or columns < 1:
        return list(points)
    kept: list[Point] = []
    for column in range(columns):
        bucket = points[column * len(points) // columns : (column + 1) * len(points) // columns]
        ends = {min(bucket, key=lambda p: p[1]), max(bucket, key=lambda p: p[1])}
        kept += sorted(ends)
    return kept


class Curve:
    """What a plot of the losses shows: extremes of each column, a smoothed line, what is not finite.

    With `log` every height is a power of ten, and what has none (zero and below) is left out, and said.
    """

    def __init__(self, trace: Trace, columns: int, log: bool) -> None:
        every = loss_points(trace)
        finite = {x for x, _ in every}
        self._log = log
        self._heights = {x: math.log10(y) if log else y for x, y in every if y > 0 or not log}
        points = sorted(self._heights.items())
        self.points = extremes(points, columns)
        self.smooth = extremes(smoothed(points), columns)
        steps = [trace.steps[seq] for seq in trace.losses]
        lost = [s.iteration for s in steps if isinstance(s, Loss) and s.value is not None]
        self.bad = [float(n) for n in lost if n not in finite][: 2 * columns]
        self._left_out = len(every) - len(points)

    def at(self, iteration: int) -> float | None:
        """The height at a pass; None where there is none."""
        return self._heights.get(float(iteration))

    def remark(self) -> str:
        """What a reader of the plot must know."""
        said = [" log"] if self._log else []
        said += [f" {len(self.bad)} not finite (x)"] if self.bad else []
        said += [f" {self._left_out} at or below 0 left out"] if self._left_out else []
        return ",".join(said)

    def ticks(self) -> list[float]:
        """Heights to name on a logarithmic axis."""
        heights = list(self._heights.values())
        if not heights:
            return []
        low, high = min(heights), max(heights)
        return [low + (high - low) * n / 4 for n in range(5)] if high > low else [low]


def smoothed(points: Sequence[Point], weight: float = 0.9) -> list[Point]:
    """An exponential moving average, corrected for its start (as Adam corrects its moments)."""
    found: list[Point] = []
    mean, norm = 0.0, 0.0
    for x, y in points:
        mean, norm = weight * mean + (1 - weight) * y, weight * norm + (1 - weight)
        found.append((x, mean / norm))
    return found
