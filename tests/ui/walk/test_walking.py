"""The walk as a new user meets it, at both sizes, around a record that is there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import SAMPLES, Kernel
from tests.ui.stage import Stage, of_record
from tutor_tui.ui.settings import Settings

SIZES = [(80, 24), (120, 40)]


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}", scope="module")
def terminal(request: pytest.FixtureRequest, kernel: Kernel) -> Iterator[Stage]:
    columns, rows = request.param
    found = of_record(kernel.run(SAMPLES / "gradient.py"), columns, rows, Settings(picture=False))
    yield found
    found.close()


def test_the_first_step_is_the_first_line(terminal: Stage) -> None:
    screen = terminal.press("home")
    assert "step 1 of" in screen
    assert "▶ 1 import torch" in screen
    assert "Line 1 is about to run: import torch" in screen
    assert "No graph yet" in screen


def test_space_and_arrows_walk_both_ways(terminal: Stage) -> None:
    terminal.press("home")
    assert "step 2 of" in terminal.press("space")
    assert "step 3 of" in terminal.press("right")
    assert "step 2 of" in terminal.press("left")
    assert "step 1 of" in terminal.press("left", "left", "left")
    assert "nothing before this step" in terminal.text


def test_the_graph_fills_with_values_on_the_way_forward(terminal: Stage) -> None:
    screen = terminal.press("home", "f", "right")
    assert "▶ 3*x" in screen
    assert "6  MulBackward0" in screen
    assert "└ x ↑" in screen
    assert "AddBackward0" not in screen


def test_and_with_gradients_on_the_way_back(terminal: Stage) -> None:
    screen = terminal.press("home", "b")
    assert "Backward pass 1 starts from y = 11" in screen
    screen = terminal.press("right", "right", "right")
    assert "◀ " in screen
    assert "1 · 3 = 3" in screen
    assert "4 to x" not in screen
    screen = terminal.press("right", "right")
    assert "x receives 3 from 3*x plus 4 from x**2, 7 in all" in screen
    assert "↓ 3 + 4 = 7" in screen
    assert "grad 7" in screen


def test_lines_only(terminal: Stage) -> None:
    assert "▶ 4 x = torch.tensor" in terminal.press("home", "n")
    assert "▶ 5 print" in terminal.press("n")
    assert "▶ 4 x = torch.tensor" in terminal.press("p")


def test_a_print_is_on_screen_at_its_step_and_not_before(terminal: Stage) -> None:
    screen = terminal.press("home", "n", "n")
    assert "─output" not in screen
    assert "before backward, x.grad is None" in terminal.press("right").split("─output")[1]


def test_the_last_step_tells_how_it_ended(terminal: Stage) -> None:
    screen = terminal.press("end")
    assert "The run is over, exit status 0" in screen
    assert "the same? True" in screen


def test_help_lists_every_fixed_key(terminal: Stage) -> None:
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


def test_the_walk_ends_where_it_began(terminal: Stage) -> None:
    first = terminal.press("home")
    terminal.press("end", "b", "f", "n", "right")
    assert terminal.press("home") == first
