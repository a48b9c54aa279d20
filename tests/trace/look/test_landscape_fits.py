"""Whether a landscape of the run before may stand in for this run's, until its own is computed."""

from __future__ import annotations

import pytest

from tutor_tui.protocol.messages import Axis, Sampled
from tutor_tui.trace.look.landscape import Place, fits


def valley(low: float = -1.0, high: float = 5.0, points: int = 121) -> Sampled:
    """(w - 3)**2, as the kernel samples it."""
    axis = Axis(1, 0, "w", low, high, points)
    return Sampled(request=1, axes=[axis], values=[(w - 3) ** 2 for w in axis.numbers()])


def way(*points: float, lift: float = 0.0) -> list[Place]:
    return [Place(n, (w,), (w - 3) ** 2 + lift, (None,)) for n, w in enumerate(points, 1)]


@pytest.mark.parametrize(
    ("sampled", "places", "holds"),
    [
        (valley(), way(0.0, 0.6, 1.08), True),
        (valley(), way(0.0, 0.6, 5.5), False),
        (valley(), way(0.0, 0.6, lift=1.0), False),
        (valley(-50.0, 50.0, 1001), way(0.0, 0.6), False),
        (Sampled(request=1, error="no"), way(0.0), False),
    ],
    ids=["on it", "beyond it", "another loss", "far too wide", "none"],
)
def test_it_fits_where_it_holds_the_whole_way(sampled: Sampled, places: list[Place], holds: bool) -> None:
    assert fits(sampled, places) is holds


def test_of_two_numbers_it_cannot_be_told() -> None:
    axes = [Axis(1, 0, "w", 0.0, 1.0, 2), Axis(2, 0, "b", 0.0, 1.0, 2)]
    sampled = Sampled(request=1, axes=axes, values=[0.0] * 4)
    assert not fits(sampled, [Place(1, (0.5, 0.5), 0.0, (None, None))])
