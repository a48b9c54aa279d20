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
