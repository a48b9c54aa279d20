"""Looking around in a walk that is there: marks, folds, searches, sizes; and every key."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.conftest import SAMPLES, Kernel
from tests.ui.stage import Stage, of_record
from tutor_tui.ui.dialogs.help import help_rows
from tutor_tui.ui.keys.actions import ACTIONS, call_of
from tutor_tui.ui.settings import Settings


@pytest.fixture(params=[(80, 24), (120, 40)], ids=["80x24", "120x40"], scope="module")
def lesson(request: pytest.FixtureRequest, kernel: Kernel) -> Iterator[Stage]:
    columns, rows = request.param
    found = of_record(kernel.run(SAMPLES / "gradient.py"), columns, rows, Settings(picture=False))
    yield found
    found.close()


@pytest.fixture(scope="module")
def model(kernel: Kernel) -> Iterator[Stage]:
    found = of_record(kernel.run(SAMPLES / "transformer.py"), 120, 40)
    yield found
    found.close()


def test_go_to_a_step_a_line_and_a_pass(lesson: Stage) -> None:
    lesson.press("g")
    assert "a step, :12 a line" in lesson.text
    assert "step 20 of 34" in lesson.type("20", "enter")
    assert "Line 9 is about to run" in lesson.goto(":9")
    assert "x**2 = 4" in lesson.goto("p1")
    assert "There is no step 99" in lesson.goto("99")
    assert "is not a place" in lesson.goto("over there")
    assert "step 7 of 34" in lesson.press("g", "9", "esc")


def test_values_stand_beside_the_lines_that_bound_them(lesson: Stage) -> None:
    assert "y = 11" not in lesson.press("home")
    assert re.search(r"8 y = x\*\*2 \+ 3\*x \+ 1 +y = 11", lesson.press("b"))


def test_a_breakpoint_is_set_reached_and_taken_away(lesson: Stage) -> None:
    lesson.press("home", "]")
    assert "There is no breakpoint" in lesson.text
    lesson.goto(":13")
    assert re.search(r"▶13●", lesson.press("B"))
    assert "Line 13 is about to run" in lesson.press("home", "]")
    assert "No breakpoint is reached after" in lesson.press("]")
    assert "No breakpoint is reached before" in lesson.press("[")
    assert "13●" not in lesson.press("B")


def test_a_mark_leads_from_code_graph_and_state(lesson: Stage) -> None:
    room = lesson.app.showing.walk.panes
    lesson.press("home", "b")
    room.code.focus()
    room.code.set_mark(room.code.row_of(8))
    assert "Line 8 is about to run" in lesson.press("home", "enter")
    lesson.press("b", "/")
    lesson.type("3*x", "enter")
    marked = next(line for line in lesson.text.splitlines() if line.rstrip().endswith("<"))
    assert "3*x" in marked
    lesson.press("N")
    assert "mul ran: 3*x = 6" in lesson.press("enter")
    room.state.focus()
    room.state.set_mark(0)
    assert "x · numbers" in lesson.press("enter")
    lesson.press("esc")
    room.graph.focus()


@pytest.mark.parametrize("lesson", [(80, 24)], indirect=True, ids=["80x24"])
def test_search_says_where_there_is_nothing(lesson: Stage) -> None:
    lesson.press("home", "b", "/")
    assert "is not in the graph" in lesson.type("zebra", "enter")


def test_a_pane_takes_all_the_room_and_gives_it_back(lesson: Stage) -> None:
    before = lesson.press("home", "b")
    zoomed = lesson.press("z")
    assert "code" not in zoomed
    assert "state" not in zoomed
    assert "y = x**2 + 3*x + 1" in zoomed
    following = lesson.press("tab")
    assert following.startswith("─state")
    assert "graph" not in following
    lesson.press("shift+tab")
    assert lesson.press("z") == before


def test_a_subtree_is_folded_and_opened(lesson: Stage) -> None:
    lesson.press("home", "b", "/")
    whole = lesson.type("x**2 + 3*x", "enter")
    folded = lesson.press("x")
    assert re.search(r"▸ \d more", folded)
    assert folded.count("leaf") < whole.count("leaf")
    assert "▸" not in lesson.press("x")


@pytest.mark.parametrize("lesson", [(80, 24)], indirect=True, ids=["80x24"])
def test_the_graph_turns_over(lesson: Stage) -> None:
    lesson.press("home", "b", "right", "z")
    result_on_top = [line for line in lesson.text.splitlines() if "leaf" in line or "11" in line]
    assert "11" in result_on_top[0]
    turned = [line for line in lesson.press("o").splitlines() if "leaf" in line or "11" in line]
    assert "leaf" in turned[0]


def test_modules_layers_and_repeated_layers(model: Stage) -> None:
    model.press("b", "z")
    rows = {}
    for name in ("every node", "modules", "layers", "repeated layers as one"):
        rows[name] = [line for line in model.text.splitlines() if ". " in line or "▸" in line]
        model.press("m")
    assert len(rows["repeated layers as one"]) < len(rows["layers"]) < len(rows["modules"])
    assert any(re.search(r"\.\* × 2", line) for line in rows["repeated layers as one"])
    model.press("z")


def test_a_tensor_that_is_gone_says_so(model: Stage) -> None:
    model.press("home", "b", "b", "f")
    model.press("i")
    model.wait("no longer alive")
    model.press("esc")


def test_help_has_every_action_with_its_keys() -> None:
    text = "\n".join("".join(t for t, _ in row) for row in help_rows())
    for action in ACTIONS:
        assert action.help in text
        assert action.keys


def test_every_key_is_bound_and_means_one_thing() -> None:
    keys = [key for action in ACTIONS for key in action.keys]
    assert len(keys) == len(set(keys))


KEYS = {
    "question_mark": "?", "slash": "/", "plus": "+", "minus": "-", "colon": ":", "greater_than_sign": ">",
    "less_than_sign": "<", "right_square_bracket": "]", "left_square_bracket": "[", "shift+tab": "tab",
}  # fmt: skip
LEAVING = ("quit", "suspend_process", "lessons", "ascii", "next_theme", "stop_run", "check")


@pytest.mark.parametrize("lesson", [(80, 24)], indirect=True, ids=["80x24"])
def test_every_action_can_be_called(lesson: Stage) -> None:
    for action in ACTIONS:
        if action.id not in LEAVING:
            lesson.press(KEYS.get(action.keys[-1], action.keys[-1]), "esc")
    lesson.wait(r"step [\d,]+ of")
    assert "Traceback" not in lesson.text


@pytest.mark.parametrize("lesson", [(80, 24)], indirect=True, ids=["80x24"])
def test_the_palette_finds_every_action(lesson: Stage) -> None:
    lesson.press("ctrl+p")
    lesson.type("finite differences")
    assert "Compare this gradient" in lesson.wait("Compare this gradient")
    lesson.press("esc", "esc")
    lesson.press("ctrl+p"), lesson.type("Last step")
    lesson.press("enter")
    lesson.wait("The run is over")


@pytest.mark.parametrize("action", ACTIONS, ids=lambda a: a.id)
def test_the_palette_lists_it(action: object) -> None:
    from tutor_tui.ui.keys.palette import ActionProvider

    entries = dict(ActionProvider._entries(None))  # type: ignore[arg-type]
    assert any(call == call_of(action) for call in entries.values())  # type: ignore[arg-type]
