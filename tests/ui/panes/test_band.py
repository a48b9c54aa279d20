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


@given(st.integers(5, 40), st.booleans())
def test_a_row_is_named_by_the_height_that_it_stands_for(height: int, log: bool) -> None:
    _, layout = laid_out([0.01 * n for n in range(1, 400)], Window(log_y=log), 60, height)
    canvas, (marks, _) = layout.canvas, layout.heights
    rows = [canvas.height(mark) // 4 for mark in marks]
    assert rows[0] == 0
    assert rows[-1] == canvas.rows - 1
    for mark, row in zip(marks, rows, strict=True):
        assert math.isclose(mark, canvas.centre(0, row)[1], rel_tol=1e-9, abs_tol=1e-12)


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
