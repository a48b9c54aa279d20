"""Printed text as a terminal shows it, against a terminal."""

from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st

from tutor_tui.text.page import Page

PIECES = [
    "a",
    "bc",
    "def",
    "\n",
    "\r",
    "\x1b[A",
    "\x1b[2A",
    "\x1b[K",
    "\x1b[31m",
    "\x1b[0m",
    "\n\n",
    "\x1b[C",
    "é",
]


def shown(text: str, lines: int = 100) -> list[str]:
    page = Page(lines, 200)
    page.write(text)
    return ["".join(piece for piece, _ in line) for line in page.lines]


@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_what_it_shows_is_what_a_terminal_shows(pieces: list[str]) -> None:
    text = "".join(pieces)
    screen = pyte.Screen(200, 100)
    pyte.Stream(screen).feed(text.replace("\n", "\r\n"))
    lines = [line.rstrip() for line in shown(text)]
    assert lines == [line.rstrip() for line in screen.display[: len(lines)]]
    assert not any(line.strip() for line in screen.display[len(lines) :])


def test_bars_within_bars_leave_one_line_each() -> None:
    text = ""
    for outer in range(4):
        text += f"\router: {outer} of 3"
        for inner in range(5):
            text += f"\n\rinner: {inner} of 4\x1b[A"
        text += f"\n\r{' ' * 20}\r\x1b[A"  # the inner bar is taken away
    text += "\n"
    lines = [line for line in shown(text) if line.strip()]
    assert len(lines) == 1
    assert lines[0].startswith("outer: 3 of 3")
    assert "\\x1b" not in "".join(lines)


def test_what_is_no_part_of_a_page_is_shown_as_an_escape() -> None:
    assert shown("a\x1b]0;title\x07b") == ["a\\x1b]0;title\\x07b"]


def test_the_newest_lines_are_kept_and_each_has_its_role() -> None:
    page = Page(3, 5)
    page.write("1\n2\n3\n", "out")
    page.write("4", "out")
    page.write("five and more", "error")
    assert page.lines == [[("2", "out")], [("3", "out")], [("4", "out"), ("five", "error")]]
