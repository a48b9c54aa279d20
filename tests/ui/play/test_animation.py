"""A picture that moves: at every moment it shows the frame that was given for it, and nothing of another."""

from __future__ import annotations

from itertools import accumulate
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from tutor_tui.ui.play.animation import HIGH, WIDE, Animation
from tutor_tui.ui.terminal.grid import Grid

NAMES = {"svg": "http://www.w3.org/2000/svg"}
COLUMNS, ROWS = 12, 3
letters = st.text(st.sampled_from("ab<&·│9 "), min_size=0, max_size=COLUMNS)
styles = st.sampled_from(["", "\x1b[1;38;2;10;200;30m", "\x1b[48;2;1;2;3m", "\x1b[7;38;2;9;9;9m"])
screens = st.lists(st.tuples(styles, letters), min_size=ROWS, max_size=ROWS)


def grid_of(screen: list[tuple[str, str]]) -> Grid:
    grid = Grid(COLUMNS, ROWS)
    for y, (style, text) in enumerate(screen):
        list(grid.write(f"\x1b[{y + 1};1H{style}{text}\x1b[0m"))
    return grid


def seen(svg: str, share: float) -> list[str]:
    """The rows of text that are in sight after a share of the time."""
    root = ElementTree.fromstring(svg)
    drawn: dict[str, str] = {}
    for group in root.findall(".//svg:defs/svg:g", NAMES):
        row = [" "] * COLUMNS
        for text in group.findall("svg:text", NAMES):
            start = round(float(text.attrib["x"]) / WIDE)
            row[start : start + len(text.text or "")] = text.text or ""
        drawn["#" + group.attrib["id"]] = "".join(row).rstrip()
    rows = [""] * ROWS
    count = [0] * ROWS
    for use in root.findall("svg:use", NAMES):
        moves = use.find("svg:animate", NAMES)
        if moves is not None:
            times = [float(time) for time in moves.attrib["keyTimes"].split(";")]
            now = [v for v, t in zip(moves.attrib["values"].split(";"), times, strict=True) if t <= share][-1]
            if now == "hidden":
                continue
        y = round(float(use.attrib["y"]) / HIGH)
        rows[y] = drawn[use.attrib["href"]]
        count[y] += 1
    assert count == [1] * ROWS
    return rows


@given(st.lists(st.tuples(st.floats(0.5, 5), screens), min_size=1, max_size=6))
def test_at_every_moment_its_own_frame_is_in_sight(frames: list[tuple[float, list[tuple[str, str]]]]) -> None:
    animation = Animation(COLUMNS, ROWS, "a <title>")
    for seconds, screen in frames:
        animation.frame(grid_of(screen), seconds)
    svg = animation.text()
    ends = list(accumulate(seconds for seconds, _ in frames))
    for (seconds, screen), end in zip(frames, ends, strict=True):
        wanted = ["".join(cell for cell, _ in row).rstrip() for row in grid_of(screen).rows]
        assert seen(svg, (end - seconds / 2) / ends[-1]) == wanted


def test_colours_and_looks_are_kept() -> None:
    animation = Animation(COLUMNS, ROWS, "colours")
    animation.frame(grid_of([("\x1b[1;38;2;10;200;30;48;2;1;2;3m", "ab"), ("", ""), ("", "")]), 1)
    svg = animation.text()
    assert 'fill="#0ac81e" font-weight="bold">ab</text>' in svg
    assert 'fill="#010203"/>' in svg
