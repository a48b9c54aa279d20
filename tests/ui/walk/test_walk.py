"""The screen as a new user meets it, in a real terminal at both sizes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.terminal import GRADIENT, PROGRAM, Terminal

SIZES = [(80, 24), (120, 40)]


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}", scope="module")
def terminal(request: pytest.FixtureRequest) -> Iterator[Terminal]:
    columns, rows = request.param
    with Terminal(*GRADIENT, columns=columns, rows=rows) as found:
        found.wait("recorded|exit 0")
        yield found


def test_a_rerun_returns_to_the_step(terminal: Terminal) -> None:
    before = terminal.press("home", "b")
    terminal.press("r")
    terminal.settle(0.6)
    terminal.wait(r"recorded|exit \d")
    terminal.settle(0.3)
    assert terminal.text == before


def test_resizing_redraws() -> None:
    with Terminal(*GRADIENT, columns=120, rows=40) as terminal:
        terminal.wait("recorded|exit 0")
        terminal.press("b")
        terminal.resize(80, 24)
        terminal.settle()
        assert "Backward pass 1 starts" in terminal.text
        assert "? help" in terminal.text


def test_alone_it_lists_the_lessons_and_opens_one() -> None:
    with Terminal(*PROGRAM) as terminal:
        terminal.wait("Your first gradient")
        terminal.press("enter")
        terminal.wait("recorded|exit 0")
        assert "first_gradient" in terminal.text or "import torch" in terminal.text
        terminal.press("q")
        assert terminal.wait_exit() == 0


def test_keys_before_the_first_step_do_no_harm() -> None:
    with Terminal(*GRADIENT) as terminal:
        terminal.wait("help")
        terminal.press("left", "f", "b", "n", "p", "home", "?", "esc", "end")
        terminal.wait("The run is over")


def test_without_colour_the_marks_remain() -> None:
    with Terminal(*GRADIENT, env={"NO_COLOR": "1"}) as terminal:
        terminal.wait("recorded|exit 0")
        assert "◀13 y.backward()" in terminal.press("b")


def test_a_gradient_is_checked_on_request(terminal: Terminal) -> None:
    terminal.press("home", "b", "c")
    assert "differences agree for the whole loss" in terminal.wait("Largest error")
    terminal.press("right", "right", "c")
    assert "agree for add" in terminal.wait("agree for")
    assert "Largest error" not in terminal.press("right")
