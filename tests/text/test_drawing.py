"""Curves in characters."""

from __future__ import annotations

import math

from tutor_tui.text.drawing import HEIGHT, WIDTH, curve


def test_points_lie_on_the_curve() -> None:
    lines = curve(lambda v: v * v, [-2.0, 0.0, 2.0], -2, 2).split("\n")
    assert len(lines) == HEIGHT + 1
    assert lines[0][0] == "o"
    assert lines[0][WIDTH - 1] == "@"
    assert "o" in lines[HEIGHT - 1]
    assert lines[HEIGHT].split() == ["-2", "2"]


def test_what_diverges_is_still_drawn() -> None:
    lines = curve(lambda v: (v - 3) ** 2, [0.0, 6.6, -112.0], -1, 7).split("\n")
    assert lines[0][0] == "@"
    assert lines[HEIGHT].split() == ["-112", "7"]
    assert "@" not in curve(lambda v: v, [1.0, math.nan, math.inf])


def test_one_point_alone() -> None:
    assert curve(lambda v: 1.0, [3.0]).count("@") == 1
    assert "@" not in curve(lambda v: v, [])
