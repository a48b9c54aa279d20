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
        found.wait("exit 0")
        yield found


def test_the_first_step_is_the_first_line(terminal: Terminal) -> None:
    screen = terminal.press("home")
    assert "step 1 of" in screen
    assert "▶ 1 import torch" in screen
    assert "Line 1 is about to run: import torch" in screen
    assert "No graph yet" in screen


def test_space_and_arrows_walk_both_ways(terminal: Terminal) -> None:
    terminal.press("home")
    assert "step 2 of" in terminal.press("space")
    assert "step 3 of" in terminal.press("right")
    assert "step 2 of" in terminal.press("left")
    assert "step 1 of" in terminal.press("left", "left", "left")
    assert "nothing before this step" in terminal.text


def test_the_graph_fills_with_values_on_the_way_forward(terminal: Terminal) -> None:
    screen = terminal.press("home", "f", "right")
    assert "▶ 3*x" in screen
    assert "6  MulBackward0" in screen
    assert "└ x ↑" in screen
    assert "AddBackward0" not in screen


def test_and_with_gradients_on_the_way_back(terminal: Terminal) -> None:
    screen = terminal.press("home", "b")
    assert "Backward pass 1 starts from y = 11" in screen
    screen = terminal.press("right", "right", "right")
    assert "◀ " in screen
    assert "1 · 3 = 3" in screen
    assert "4 to x" not in screen
    screen = terminal.press("right", "right")
    assert "3 from 3*x plus 4 from x**2 makes 7" in screen
    assert "↓ 3 + 4 = 7" in screen
    assert "grad 7" in screen


def test_lines_only(terminal: Terminal) -> None:
    assert "▶ 4 x = torch.tensor" in terminal.press("home", "n")
    assert "▶ 5 print" in terminal.press("n")
    assert "▶ 4 x = torch.tensor" in terminal.press("p")


def test_a_print_is_on_screen_at_its_step_and_not_before(terminal: Terminal) -> None:
    screen = terminal.press("home", "n", "n")
    assert "x.grad is None" not in screen.split("output")[1]
    assert "before backward, x.grad is None" in terminal.press("right").split("output")[1]


def test_the_last_step_tells_how_it_ended(terminal: Terminal) -> None:
    screen = terminal.press("end")
    assert "The run is over with status 0" in screen
    assert "the same? True" in screen


def test_help_lists_every_fixed_key(terminal: Terminal) -> None:
    screen = terminal.press("?")
    for _ in range(6):
        screen += terminal.press("pagedown")
    for line in (
        "Space →",
        "Previous step",
        "Next line",
        "forward pass",
        "backward pass",
        "Quit",
        "This help",
    ):
        assert line in screen
    assert "This help" not in terminal.press("esc")


def test_the_walk_ends_where_it_began(terminal: Terminal) -> None:
    first = terminal.press("home")
    terminal.press("end", "b", "f", "n", "right")
    assert terminal.press("home") == first


def test_a_rerun_returns_to_the_step(terminal: Terminal) -> None:
    before = terminal.press("home", "b")
    terminal.press("r")
    terminal.settle(0.6)
    terminal.wait(r"exit \d")
    terminal.settle(0.3)
    assert terminal.text == before


def test_resizing_redraws() -> None:
    with Terminal(*GRADIENT, columns=120, rows=40) as terminal:
        terminal.wait("exit 0")
        terminal.press("b")
        terminal.resize(80, 24)
        terminal.settle()
        assert "Backward pass 1 starts" in terminal.text
        assert "? help" in terminal.text


def test_alone_it_lists_the_lessons_and_opens_one() -> None:
    with Terminal(*PROGRAM) as terminal:
        terminal.wait("Your first gradient")
        terminal.press("enter")
        terminal.wait("exit 0")
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
        terminal.wait("exit 0")
        assert "◀13 y.backward()" in terminal.press("b")


def test_a_gradient_is_checked_on_request(terminal: Terminal) -> None:
    terminal.press("home", "b", "c")
    assert "differences agree for the whole loss" in terminal.wait("Largest error")
    terminal.press("right", "right", "c")
    assert "agree for add" in terminal.wait("agree for")
    assert "Largest error" not in terminal.press("right")
