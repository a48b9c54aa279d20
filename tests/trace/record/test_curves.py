"""Curves: no extreme is ever lost, whatever part of however many points is looked at."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor_tui.protocol.messages import Measured, Series
from tutor_tui.trace.record import curves as module
from tutor_tui.trace.record.curves import Curve, Curves
from tutor_tui.ui.panes.plot_layout import Picture, Window

values = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([0.0, 1e-30, math.nan, math.inf, -math.inf]))
series = st.lists(values, min_size=1, max_size=900)


def curve_of(ys: list[float], pieces: int = 3) -> Curve:
    """A curve that came in several pieces."""
    curve = Curve("loss")
    size = max(1, len(ys) // pieces)
    for start in range(0, len(ys), size):
        part = ys[start : start + size]
        curve.extend(range(start + 1, start + 1 + len(part)), part)
    return curve


@given(series, st.integers(0, 899), st.integers(1, 900), st.booleans())
def test_extremes_are_those_of_the_raw_values(
    ys: list[float], start: int, length: int, positive: bool
) -> None:
    part = [y for y in ys[start : start + length] if math.isfinite(y) and (y > 0 or not positive)]
    low, high = curve_of(ys).extremes(start, min(start + length, len(ys)), positive)
    if part:
        assert (low, high) == (min(part), max(part))
    elif start < len(ys):
        assert low > high


@settings(max_examples=60)
@given(series, st.integers(4, 60), st.booleans(), st.booleans())
def test_a_picture_holds_the_extremes_of_what_is_in_sight(
    ys: list[float], columns: int, log_x: bool, log_y: bool
) -> None:
    picture = Picture(curve_of(ys), Window(log_x=log_x, log_y=log_y), columns)
    shown = [y for y in ys if math.isfinite(y) and (y > 0 or not log_y)]
    heights = [10**y if log_y else y for y in picture.heights()]
    assert len(picture.points) + len(picture.extents) <= columns
    assert picture.bad_count == sum(not math.isfinite(y) for y in ys)
    if shown:
        assert math.isclose(max(heights), max(shown), rel_tol=1e-9, abs_tol=1e-300)
        assert math.isclose(min(heights), min(shown), rel_tol=1e-9, abs_tol=1e-300)


@given(series, st.integers(-5, 950))
def test_the_value_under_the_cursor_is_the_nearest_point(ys: list[float], x: int) -> None:
    found = curve_of(ys).at(x)
    assert found is not None
    assert abs(found[0] - x) == min(abs(n + 1 - x) for n in range(len(ys)))
    assert repr(found[1]) == repr(ys[found[0] - 1])


def test_a_very_long_curve_is_thinned_without_losing_an_extreme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 5000)
    curve = Curve("loss")
    raw = [math.sin(n * 1.7) * (100 if n in (77, 3001) else 1) for n in range(20_000)]
    for start in range(0, len(raw), 100):
        curve.extend(range(start, start + 100), raw[start : start + 100])
    assert len(curve) <= 5000
    assert curve.extremes(0, len(curve)) == (min(raw), max(raw))
    assert list(curve.xs) == sorted(curve.xs)


def test_a_screen_that_comes_later_gets_the_same_curves() -> None:
    first, second = Curves(), Curves()
    curve = first.by_id[1] = curve_of([1.0, math.nan, 3.0, *range(500)])
    for message in first.messages(most=100):
        if isinstance(message, Series):
            second.begin(message)
        else:
            second.take(message)
    again = second.by_id[1]
    assert (again.xs, again.name, again.bad) == (curve.xs, curve.name, curve.bad)
    assert repr(again.ys) == repr(curve.ys)


def test_the_rate_is_that_of_the_last_seconds() -> None:
    curves = Curves()
    assert curves.rate() is None
    for second in range(11):
        curves.take(Measured(passes=second * (100 if second <= 5 else 10), seconds=float(second)))
    assert curves.rate() == pytest.approx(10.0)


def test_a_value_is_looked_up_by_its_pass() -> None:
    curve = Curve("loss")
    assert curve.at(3) is None
    assert curve.value_at(3) is None
    curve.extend([10, 20], [1.0, 2.0])
    assert (curve.at(0), curve.at(14), curve.at(16), curve.at(99)) == ((10, 1), (10, 1), (20, 2), (20, 2))
    assert (curve.value_at(9), curve.value_at(10), curve.value_at(25)) == (None, 1.0, 2.0)


def test_smoothing_starts_at_the_first_value_and_goes_on_over_gaps() -> None:
    curve = curve_of([math.nan, 4.0, 4.0, math.inf, 0.0])
    smooth = list(curve.smoothed())
    assert math.isnan(smooth[0])
    assert smooth[1] == smooth[2] == smooth[3] == pytest.approx(4.0)
    assert 0.0 < smooth[4] < 4.0
    curve.extend([6], [0.0])
    assert list(curve.smoothed())[:5] == smooth[:5] or math.isnan(smooth[0])
    assert curve.smoothed()[5] < smooth[4]


@given(st.lists(st.tuples(st.integers(1, 5), st.floats(-1e6, 1e6)), max_size=200), st.integers(1, 9_000))
def test_a_curve_moved_to_its_first_pass_keeps_its_values_and_distances(
    points: list[tuple[int, float]], first: int
) -> None:
    curve, x = Curve("loss"), first
    for gap, y in points:
        curve.add(x, y)
        x += gap
    moved = curve.from_first_pass()
    assert list(moved.ys) == list(curve.ys)
    assert [x - first + 1 for x in curve.xs] == list(moved.xs)
