"""What reaches the terminal is less than what Textual writes, and shows the same."""

from __future__ import annotations

import os
import pty
import re
import time
from typing import Any

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SAMPLES
from tests.terminal import PROGRAM, Terminal
from tutor_tui.ui.terminal.difference import Shown
from tutor_tui.ui.terminal.driver import Painter
from tutor_tui.ui.terminal.grid import Grid

COLUMNS, ROWS = 24, 6
STYLES = [
    "",
    "1",
    "4",
    "1;4;38;5;32;48;5;233",
    "38;5;253;48;5;233",
    "31",
    "2;34;44",
    "7",
    "38;2;1;2;3;48;2;9;9;9",
]
TEXTS = st.text(st.sampled_from("ab  ─█…é漢字🙂\u0301"), min_size=1, max_size=30)
WRITES = st.tuples(
    st.integers(0, COLUMNS - 1),
    st.integers(0, ROWS - 1),
    st.lists(st.tuples(st.sampled_from(STYLES), TEXTS), min_size=1, max_size=3),
)


def written(column: int, row: int, pieces: list[tuple[str, str]], wide: set[int]) -> str:
    """As Textual writes a span: every piece with its style in full, and a reset.

    A line that holds wide characters is written whole, as terminals differ in what a half of one becomes.
    """
    if any(c in "漢字🙂" for _, text in pieces for c in text):
        wide.add(row)
    if row in wide:
        column, pieces = 0, [*pieces, ("", " " * COLUMNS)]
    out = f"\x1b[{row + 1};{column + 1}H"
    room = COLUMNS - column
    for style, text in pieces:
        kept = ""
        for character in text:
            width = 2 if character in "漢字🙂" else 0 if character == "\u0301" else 1
            if room - width < 0 or (width == 0 and kept[-1:] not in ("a", "b", "é")):
                continue
            kept, room = kept + character, room - width
        out += f"\x1b[{style}m{kept}\x1b[0m" if style else kept
    return out


def cells(screen: pyte.Screen) -> list[list[Any]]:
    found = []
    for y in range(ROWS):
        line = []
        for x in range(COLUMNS):
            c = screen.buffer[y][x]
            seen = (c.data, c.bg, c.underscore, c.reverse)
            line.append(seen if c.data == " " else (*seen, c.fg, c.bold))
        found.append(line)
    return found


@settings(max_examples=400, deadline=None)
@given(st.lists(st.lists(WRITES, max_size=4), max_size=5), st.booleans())
def test_a_terminal_shows_the_same(frames: list[list[Any]], erases: bool) -> None:
    direct, thrifty = pyte.Screen(COLUMNS, ROWS), pyte.Screen(COLUMNS, ROWS)
    straight, short = pyte.Stream(direct), pyte.Stream(thrifty)
    for stream in (straight, short):
        stream.feed("\x1b[?7l")  # Textual turns wrapping off
    grid, shown = Grid(COLUMNS, ROWS), Shown(colours_erased=erases)
    wide: set[int] = set()
    for frame in frames:
        for write in frame:
            text = written(*write, wide)  # type: ignore[call-arg]
            straight.feed(text)
            assert list(grid.write(text)) == []
        short.feed(shown.update(grid))
        assert shown.update(grid) == ""
        assert cells(thrifty) == cells(direct)


def test_what_is_no_drawing_goes_through_in_order() -> None:
    grid = Grid(10, 2)
    controls = list(grid.write("\x1b[?25l\x1b[1;1Hab\x1b]52;c;eA==\x07\x1b[38;5;1mc\x1b[0m\x1b[>1u"))
    assert controls == ["\x1b[?25l", "\x1b]52;c;eA==\x07", "\x1b[>1u"]
    assert [text for text, _ in grid.rows[0][:4]] == ["a", "b", "c", " "]


def test_a_terminal_that_reads_slowly_gets_the_newest_frame_next() -> None:
    parent, child = pty.openpty()
    with os.fdopen(child, "w", encoding="utf-8") as file:
        painter = Painter(file)
        painter.start()
        painter.write("\x1b[?1049h")
        for number in range(3000):
            painter.write(
                "".join(f"\x1b[{row};1H\x1b[3{number % 8}mframe {number:04}" for row in range(1, 24))
            )
        screen = pyte.Screen(80, 24)
        stream = pyte.ByteStream(screen)
        os.set_blocking(parent, False)
        seen, last = 0, time.perf_counter()
        while time.perf_counter() - last < 0.3:
            try:
                data = os.read(parent, 4096)
            except BlockingIOError:
                time.sleep(0.005)
                continue
            seen, last = seen + len(data), time.perf_counter()
            stream.feed(data)
        painter.stop()
    assert screen.display[0].startswith("frame 2999")
    assert seen < 400_000  # all frames would be 700 kB
    os.close(parent)


@pytest.mark.slow
def test_a_slow_line_leaves_the_screen_right_and_one_frame_behind() -> None:
    with Terminal(*PROGRAM, "run", str(SAMPLES / "classifier.py"), columns=120, rows=40) as terminal:
        terminal.wait("recorded|exit 0", 60)
        terminal.press("home")
        terminal.rate = 20_000
        behind = []
        for number in range(2, 52):
            end = time.perf_counter() + 0.2
            terminal.press_now("right")
            while time.perf_counter() < end:
                terminal.pump(0.01)
            place = re.search(r"step (\d+) of", terminal.text)
            assert place is not None
            behind.append(number - int(place[1]))
        assert max(behind) <= 1, behind
        terminal.wait("step 51 of")
        shown = terminal.text
        terminal.rate = 0
        terminal.press("ctrl+l")
        assert terminal.text == shown
