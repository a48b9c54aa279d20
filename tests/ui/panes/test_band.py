"""A band of a curve: every extreme is in it, no column is empty, and plotext puts it where it belongs."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import plotext
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trace.record.test_curves import curve_of
from tutor_tui.trace.record.curves import Curve
from tutor_tui.ui.panes.band import FILLED, Canvas, cells
from tutor_tui.ui.panes.plot_layout import Layout, Picture, Window, lay_out
from tutor_tui.ui.panes.ticks import logarithmic, names, ticks

heights = st.floats(-1e6, 1e6)
strips = st.lists(st.tuples(st.integers(0, 400), heights, heights), min_size=2, max_size=300)
DOTS_OF = {text: range(low, high + 1) for (low, high), text in FILLED.items()}


def band_of(given: list[tuple[int, float, float]]) -> tuple[list[tuple[int, float, float]], Canvas]:
    """Strips in order, one for each x, and a canvas that holds them all."""
    extents = sorted({x: (x, min(a, b), max(a, b)) for x, a, b in given}.values())
    bottom, top = min(low for _, low, _ in extents), max(high for *_, high in extents)
    right = max(extents[-1][0], extents[0][0] + 1)
    return extents, Canvas(extents[0][0], right, bottom, max(top, bottom + 1), 40, 12)


@given(strips)
def test_dots_reach_from_the_lowest_to_the_highest_of_each_column_and_leave_no_gap(
    given: list[tuple[int, float, float]],
) -> None:
    extents, canvas = band_of(given)
    dots: dict[int, set[int]] = {}
    for x, y, text in cells(extents, canvas):
        row = canvas.height(y) // 4
        dots.setdefault(canvas.column(x), set()).update(4 * row + k for k in DOTS_OF[text])
    for x, low, high in extents:
        assert dots[canvas.column(x)] >= set(range(canvas.height(low), canvas.height(high) + 1))
    first, last = canvas.column(extents[0][0]), canvas.column(extents[-1][0])
    assert sorted(dots) == list(range(first, last + 1))
    for column, lit in dots.items():
        assert lit == set(range(min(lit), max(lit) + 1)), f"column {column} has a hole"
    for before, after in pairwise(dots[column] for column in sorted(dots)):
        assert min(after) <= max(before) + 1
        assert min(before) <= max(after) + 1


def laid_out(ys: list[float], window: Window, width: int, height: int) -> tuple[Picture, Layout]:
    """A curve, as a plot of some cells shows it."""
    picture = Picture(curve_of(ys), window, width)
    layout = lay_out([picture], window, width, height)
    assert layout is not None
    return picture, layout


def drawn(picture: Picture, layout: Layout, width: int, height: int) -> list[str]:
    """The rows that plotext makes of it."""
    canvas = layout.canvas
    xs, ys, dots = zip(*cells(picture.extents, canvas), strict=True)
    figure = plotext._figure._figure_class()
    figure.plotsize(width, height)
    figure._set_size(width, height)
    figure.xlim(canvas.left, canvas.right)
    figure.ylim(canvas.bottom, canvas.top)
    figure.xticks(*layout.passes)
    figure.yticks(*layout.heights)
    figure.scatter(xs, ys, marker=list(dots))
    return re.sub(r"\x1b\[[0-9;]*m", "", figure.build()).splitlines()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 5), st.booleans(), st.integers(30, 90), st.integers(8, 30))
def test_plotext_fills_every_column_and_exactly_the_canvas(
    seed: int, log: bool, width: int, height: int
) -> None:
    ys = [abs(math.sin((n + seed) ** 2)) + 0.001 for n in range(5000)]
    picture, layout = laid_out(ys, Window(log_y=log), width, height)
    rows = [re.findall(r"[┤│](.*)│", row) for row in drawn(picture, layout, width, height)]
    inside = [found[0] for found in rows if found]
    assert len(inside) == layout.canvas.rows
    assert {len(row) for row in inside} == {layout.canvas.columns}
    assert all(max(column) > "⠀" for column in zip(*inside, strict=True))
    assert inside[0].strip()
    assert inside[-1].strip()


@given(st.integers(5, 40), st.booleans(), st.floats(1e-6, 1e6), st.floats(1e-9, 1e6))
def test_an_axis_has_round_numbers_within_it(height: int, log: bool, low: float, span: float) -> None:
    span = max(span, low * 1e-6)
    _, layout = laid_out([low + span * n / 400 for n in range(400)], Window(log_y=log), 60, height)
    canvas, (marks, names) = layout.canvas, layout.heights
    assert 2 <= len(marks) <= 10
    assert len(set(names)) == len(names)
    assert all(canvas.bottom <= mark <= canvas.top or math.isclose(mark, canvas.bottom) for mark in marks)
    for mark, name in zip(marks, names, strict=True):
        assert math.isclose(float(name), 10**mark if log else mark, rel_tol=1e-9, abs_tol=1e-12)


def test_ticks_are_ones_twos_and_fives() -> None:
    assert ticks(0.00187, 9, 6) == [2, 4, 6, 8]
    assert ticks(0.474, 1.05, 4) == [0.6, 0.8, 1.0]
    assert names(ticks(1234.2, 1235.9, 4)) == ["1234.5", "1235", "1235.5"]
    assert logarithmic(-5.5, 1, 6) == [1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10][::2]
    assert logarithmic(0.1, 0.95, 6) == [2, 5]


def test_a_rate_holds_until_it_changes_and_the_last_until_now() -> None:
    rate = Curve("lr", "rate")
    rate.extend((1, 100, 200), (0.1, 0.01, 0.001))
    picture = Picture(rate, Window(), 60, [curve_of([1.0] * 500)])
    assert picture.points == [
        (1, 0.1),
        (1, 0.1),
        (1, 0.1),
        (100, 0.1),
        (100, 0.01),
        (200, 0.01),
        (200, 0.001),
        (500, 0.001),
    ]


def test_what_is_all_at_one_height_has_room_above_and_below() -> None:
    picture, layout = laid_out([2.5] * 500, Window(), 60, 12)
    assert (layout.canvas.bottom, layout.canvas.top) == (1.25, 3.75)
    assert len(picture.extents) == 60
    _, layout = laid_out([0.0] * 500, Window(), 60, 12)
    assert (layout.canvas.bottom, layout.canvas.top) == (-1.0, 1.0)


def test_a_curve_of_which_nothing_is_finite_has_its_marks_and_no_heights() -> None:
    picture, layout = laid_out([math.nan] * 500, Window(), 60, 12)
    assert picture.bad
    assert layout.heights == ([], [])
    assert lay_out([], Window(), 60, 12) is None
