"""The graph as a picture, on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.conftest import SAMPLES, Kernel
from tests.ui.stage import Stage, of_lesson, of_record
from tutor_tui.trace.record.trace import Trace
from tutor_tui.ui.settings import Settings


@pytest.fixture(params=[(80, 24), (120, 40)], ids=["80x24", "120x40"], scope="module")
def stage(request: pytest.FixtureRequest, kernel: Kernel) -> Iterator[Stage]:
    found = of_record(kernel.run(SAMPLES / "gradient.py"), *request.param)
    yield found
    found.close()


def drawn(stage: Stage) -> list[str]:
    """The rows below the graph's title."""
    lines = stage.text.splitlines()
    first = next(n for n, line in enumerate(lines) if "─graph──" in line)
    left = lines[first].index("graph──") - 1
    return [line[left:].rstrip() for line in lines[first + 1 : first + 8]]


def test_values_go_forward_through_boxes(stage: Stage) -> None:
    stage.press("home", "f", "right")
    assert drawn(stage) == [
        "                        ┌ x**2 ┐",
        "                 ┌─────▶│ 4    │",
        " ┌ x ──────────┐ │      └──────┘",
        " │ 2           │━┫",
        " └─────────────┘ ┃      ┏ 3*x ━┓",
        "                 ┗━━━━━▶┃ 6    ┃",
        "                        ┗━━━━━━┛",
    ]


def test_gradients_come_back_and_their_parts_meet(stage: Stage) -> None:
    stage.press("home", "b", *["right"] * 5)
    assert drawn(stage) == [
        "                        ┌ x**2 ┐",
        "                 ┏━ 4 ━▶│ 4    │◀┐",
        " ┏ x ━━━━━━━━━━┓ ┃      └ ◀ 1 ─┘ │  ┌ x**2 + 3*x ┐   ┌ y = x**2 + 3*x + 1 ┐",
        " ┃ 2           ┃◀┫               └┬▶│ 10         │◀─▶│ 11                 │",
        " ┗ ◀ 3 + 4 = 7 ┛ ┃      ┌ 3*x ─┐  │ └ ◀ 1 ───────┘   └ ◀ 1 ───────────────┘",
        "                 ┗━ 3 ━▶│ 6    │◀─┘",
        "                        └ ◀ 1 ─┘",
    ]


def test_no_box_moves_while_one_walks(stage: Stage) -> None:
    places = set()
    stage.press("home", "b")
    for _ in range(5):
        stage.press("right")
        places.add(tuple(line.find("x**2") for line in drawn(stage)[:3]))
    assert len(places) == 1


def test_one_key_makes_it_a_tree_and_a_picture_again(stage: Stage) -> None:
    picture = stage.press("home", "b")
    assert "└ x ↑" in stage.press("G")
    assert stage.press("G") == picture


def test_boxes_are_marked_searched_and_entered(stage: Stage) -> None:
    graph = stage.app.showing.walk.panes.graph
    stage.press("home", "b")
    graph.focus()
    stage.press("j")  # the box of this step
    assert "┏ y = x**2 + 3*x + 1 <" in stage.text
    stage.press("k", "k")
    assert "┌ 3*x ─<" in stage.text
    assert "mul ran: 3*x = 6" in stage.press("enter")
    stage.press("b", "/")
    stage.type("x**2 +", "enter")
    assert "┌ x**2 + 3*x <" in stage.text
    stage.press("/")
    stage.type("zebra", "enter")
    assert "is not in the graph" in stage.text


def test_what_belongs_to_the_tree_says_so_or_shows_it(stage: Stage) -> None:
    stage.press("home", "b")
    assert "G shows the tree" in stage.press("o")
    stage.app.showing.walk.panes.graph.focus()
    stage.press("j", "x")  # folded: as a tree
    assert "▸" in stage.text
    stage.press("G")
    assert "┌ x**2 ┐" in stage.text


def test_ascii_has_the_same_shape(kernel: Kernel) -> None:
    settings = Settings()
    settings.forced_ascii = True
    with of_record(kernel.run(SAMPLES / "gradient.py"), 80, 24, settings) as stage:
        stage.press("b", *["right"] * 5)
        rows = [line.rstrip() for line in stage.text.splitlines()[1:8]]
    assert rows == [
        "                        + x**2 +",
        "                 #= 4 =>| 4    |<+",
        " # x ==========# #      ` < 1 -+ |  + x**2 + 3*x +   + y = x**2 + 3*x + 1 +",
        " # 2           #<#               `+>| 10         |<->| 11                 |",
        " # < 3 + 4 = 7 # #      + 3*x -+  | ` < 1 -------+   ` < 1 ---------------+",
        "                 #= 3 =>| 6    |<-+",
        "                        ` < 1 -+",
    ]


def test_on_a_wide_screen_it_stands_in_its_own_column(kernel: Kernel) -> None:
    with of_record(kernel.run(SAMPLES / "gradient.py"), 200, 60) as stage:
        stage.press("b")
        assert stage.text.splitlines()[0].index("─graph") > 60
        assert "│ 10         │━━▶┃ 11 " in drawn(stage)[3]


def test_a_graph_that_is_too_large_is_a_tree(kernel: Kernel) -> None:
    with of_record(kernel.run(SAMPLES / "transformer.py"), 200, 60) as stage:
        assert "◀─▶" not in stage.press("b", *["right"] * 9)
        assert "does not fit on this screen as a picture" in stage.press("G")


def test_a_graph_of_forty_one_nodes_is_a_tree(record: Callable[..., Trace]) -> None:
    chain = (
        "import torch\nx = torch.tensor(1., requires_grad=True)\ny = x\nfor _ in range({}):\n    y = y + 1\n"
    )
    for turns, whole in ((3, True), (41, False)):
        with of_record(record(chain.format(turns) + "y.backward()\n"), 200, 60) as stage:
            assert ("┌ x ─" in stage.press("b")) == whole


@pytest.mark.usefixtures("new_person")
def test_it_is_what_the_computation_graph_is_taught_with() -> None:
    with of_lesson("computation_graph", 80, 24) as stage:
        stage.wait(r"recorded|exit \d")
        assert "┏ y = both" in stage.goto("16")
