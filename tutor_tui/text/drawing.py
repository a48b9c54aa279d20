"""A curve in characters, with points on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

WIDTH, HEIGHT = 44, 8


def curve(
    function: Callable[[float], float],
    points: Sequence[float],
    low: float | None = None,
    high: float | None = None,
) -> str:
    """The graph of a function (`.`) with the points of a walk on it (`o`), the last one as `@`.

    Reaches from `low` to `high`, and further where the points do; points that are not finite are left
    out. The last line names both ends.
    """
    seen = [float(p) for p in points if math.isfinite(p)]
    left = min([low if low is not None else min(seen, default=0.0), *seen])
    right = max([high if high is not None else max(seen, default=1.0), *seen])
    right = right if right > left else left + 1
    across = [left + (right - left) * column / (WIDTH - 1) for column in range(WIDTH)]
    heights = [function(at) for at in across]
    bottom, top = min(heights), max(heights)
    rows = [[" "] * WIDTH for _ in range(HEIGHT)]

    def put(at: float, height: float, sign: str) -> None:
        column = round((WIDTH - 1) * (at - left) / (right - left))
        row = round((HEIGHT - 1) * (height - bottom) / ((top - bottom) or 1))
        rows[HEIGHT - 1 - max(0, min(row, HEIGHT - 1))][column] = sign

    for at, height in zip(across, heights, strict=True):
        put(at, height, ".")
    for point in seen:
        put(point, function(point), "o")
    if points and math.isfinite(points[-1]):
        put(seen[-1], function(seen[-1]), "@")
    return "\n".join(
        ["".join(row).rstrip() for row in rows] + [f"{left:<{WIDTH // 2}.4g}{right:>{WIDTH // 2}.4g}"]
    )
