"""Looking around in a walk: marks, folds, searches, sizes, looks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import SAMPLES
from tests.terminal import GRADIENT, PROGRAM, Terminal
from tutor_tui.ui.dialogs.help import help_rows
from tutor_tui.ui.keys.actions import ACTIONS, call_of

CLASSIFIER = (*PROGRAM, "run", str(SAMPLES / "classifier.py"))
TRANSFORMER = (*PROGRAM, "run", str(SAMPLES / "transformer.py"))


@pytest.fixture(params=[(80, 24), (120, 40)], ids=["80x24", "120x40"], scope="module")
def lesson(request: pytest.FixtureRequest) -> Iterator[Terminal]:
    columns, rows = request.param
    with Terminal(*GRADIENT, columns=columns, rows=rows) as terminal:
        terminal.wait("exit 0")
        terminal.settle(0.3)
        yield terminal


@pytest.fixture(scope="module")
def model() -> Iterator[Terminal]:
    with Terminal(*TRANSFORMER, columns=120, rows=40) as terminal:
        terminal.wait("exit 0", 60)
        terminal.settle(0.3)
        yield terminal


def test_go_to_a_step_a_line_and_a_pass(lesson: Terminal) -> None:
    lesson.press("g")
    assert "a step, :12 a line" in lesson.text
    assert "step 20 of 34" in lesson.type("20", "enter")
    assert "Line 9 is about to run" in lesson.goto(":9")
    assert "x**2 = 4" in lesson.goto("p1")
    assert "There is no step 99" in lesson.goto("99")
    assert "is no place" in lesson.goto("over there")
    assert "step 7 of 34" in lesson.press("g", "9", "esc")


def test_values_stand_beside_the_lines_that_bound_them(lesson: Terminal) -> None:
    assert "y = 11" not in lesson.press("home")
    assert re.search(r"8 y = x\*\*2 \+ 3\*x \+ 1 +y = 11", lesson.press("b"))


def test_a_breakpoint_is_set_reached_and_taken_away(lesson: Terminal) -> None:
    lesson.press("home", "]")
    assert "There is no breakpoint" in lesson.text
    lesson.goto(":13"), lesson.press("B", "home")
    assert re.search(r"13●", lesson.text) or re.search(r"13●", lesson.press("]"))
    assert "Line 13 is about to run" in lesson.press("home", "]")
    assert "No breakpoint is reached after" in lesson.press("]")
    assert "No breakpoint is reached before" in lesson.press("[")
    assert "13●" not in lesson.press("B")


def test_a_mark_leads_from_code_graph_and_state(lesson: Terminal) -> None:
    lesson.press("home", "b", "tab", "tab", "tab")
    for _ in range(6):  # to the code pane
        if re.search(r"^ .*<", lesson.press("j"), re.MULTILINE) and lesson.text.count("<") >= 1:
            break
        lesson.press("tab")
    lesson.press("home", "b", "/"), lesson.type("3*x", "enter")
    marked = next(line for line in lesson.text.splitlines() if line.rstrip().endswith("<"))
    assert "3*x" in marked
    lesson.press("N", "enter")
    assert "mul ran" in lesson.text or "Backward through" in lesson.text or "add ran" in lesson.text


@pytest.mark.parametrize("lesson", [(80, 24)], indirect=True, ids=["80x24"])
def test_search_says_where_there_is_nothing(lesson: Terminal) -> None:
    lesson.press("home", "b", "/")
    assert "stands nowhere in the graph" in lesson.type("zebra", "enter")


def test_a_pane_takes_all_the_room_and_gives_it_back(lesson: Terminal) -> None:
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


def test_a_subtree_is_folded_and_opened(lesson: Terminal) -> None:
    lesson.press("home", "b", "/")
    whole = lesson.type("x**2 + 3*x", "enter")
    folded = lesson.press("x")
    assert re.search(r"▸ \d more", folded)
    assert folded.count("leaf") < whole.count("leaf")
    assert "▸" not in lesson.press("x")


@pytest.mark.parametrize("lesson", [(80, 24)], indirect=True, ids=["80x24"])
def test_the_graph_turns_over(lesson: Terminal) -> None:
    lesson.press("home", "b", "right", "z")
    result_on_top = [line for line in lesson.text.splitlines() if "leaf" in line or "11" in line]
    assert "11" in result_on_top[0]
    turned = [line for line in lesson.press("o").splitlines() if "leaf" in line or "11" in line]
    assert "leaf" in turned[0]


def test_modules_layers_and_repeated_layers(model: Terminal) -> None:
    model.press("b", "z")
    rows = {}
    for name in ("every node", "modules", "layers", "repeated layers as one"):
        rows[name] = [line for line in model.text.splitlines() if ". " in line or "▸" in line]
        model.press("m")
    assert len(rows["repeated layers as one"]) < len(rows["layers"]) < len(rows["modules"])
    assert any(re.search(r"\.\* × 2", line) for line in rows["repeated layers as one"])
    model.press("z")


def test_a_tensor_that_is_gone_says_so(model: Terminal) -> None:
    model.press("home", "b", "b", "f")
    model.press("i")
    model.wait("no longer alive")
    model.press("esc")


def test_a_tensor_is_looked_into(model: Terminal) -> None:
    assert "on cpu" in model.press("home", "b", "i")
    model.press("esc", "end", "tab")
    for _ in range(20):
        marked = next((line for line in model.press("j").splitlines() if line.rstrip().endswith("<")), "")
        if ".weight" in marked:
            break
    model.press("i")
    model.wait("now, over all elements: min")
    assert re.search(r"\bmean -?\d", model.text)
    assert model.press("v").count("▀▀") > 8
    assert "██ " in model.text
    assert re.search(r" to +-?\d", model.press("v"))
    assert "step" in model.press("esc")


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
def test_every_action_can_be_called(lesson: Terminal) -> None:
    for action in ACTIONS:
        if action.id not in LEAVING:
            lesson.press(KEYS.get(action.keys[-1], action.keys[-1]), "esc")
    lesson.wait(r"step [\d,]+ of")
    assert "Traceback" not in lesson.text
    assert lesson.exit is None


@pytest.mark.parametrize("lesson", [(80, 24)], indirect=True, ids=["80x24"])
def test_the_palette_finds_every_action(lesson: Terminal) -> None:
    lesson.press("ctrl+p")
    lesson.type("finite differences")
    lesson.settle(0.5)
    assert "Compare this gradient" in lesson.text
    lesson.press("esc", "esc")
    lesson.press("ctrl+p"), lesson.type("Last step")
    lesson.settle(0.5)
    lesson.press("enter")
    lesson.wait("The run is over")


@pytest.mark.parametrize("action", ACTIONS, ids=lambda a: a.id)
def test_the_palette_lists_it(action: object) -> None:
    from tutor_tui.ui.keys.palette import ActionProvider

    entries = dict(ActionProvider._entries(None))  # type: ignore[arg-type]
    assert any(call == call_of(action) for call in entries.values())  # type: ignore[arg-type]


def test_choices_are_found_again(tmp_path: Path) -> None:
    env = {"XDG_CONFIG_HOME": str(tmp_path)}
    with Terminal(*GRADIENT, env=env) as terminal:
        terminal.wait("exit 0")
        terminal.press("t", ">", "o")
    kept = json.loads((tmp_path / "tutor-tui" / "settings.json").read_text())
    assert kept["theme"] == "textual-light"
    assert kept["split"] == 55
    assert kept["inputs_on_top"] is True
    with Terminal(*GRADIENT, env=env) as terminal:
        terminal.wait("exit 0")
        assert "inputs on top" in terminal.press("b")


def test_choices_that_cannot_be_kept_or_read_cost_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "tutor-tui"
    folder.mkdir()
    (folder / "settings.json").write_text('{"theme": 7, "split": "wide", broken')
    with Terminal(*GRADIENT, env={"XDG_CONFIG_HOME": str(tmp_path)}) as terminal:
        terminal.wait("exit 0")
    (tmp_path / "file").write_text("")
    env = {"XDG_CONFIG_HOME": str(tmp_path / "file")}
    with Terminal(*GRADIENT, env=env) as terminal:
        terminal.wait("exit 0")
        assert "for this session only" in terminal.press("o")


def test_copying_says_what_was_done_and_keeps_a_file(tmp_path: Path) -> None:
    env = {"XDG_STATE_HOME": str(tmp_path), "TMUX": "/tmp/x,1,0"}
    with Terminal(*GRADIENT, env=env, columns=120) as terminal:
        terminal.wait("exit 0")
        terminal.press("b", "y")
        assert "Sent to the terminal" in terminal.text
        assert b"\x1bPtmux;\x1b\x1b]52;c;" in terminal.raw
    kept = tmp_path / "tutor-tui" / "copied.txt"
    assert "Backward pass 1 starts" in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0


def test_ascii_alone_reaches_the_terminal() -> None:
    for extra in (["--ascii"], []):
        with Terminal(*CLASSIFIER[:2], *extra, *CLASSIFIER[2:], columns=120, rows=40) as terminal:
            terminal.wait("exit 0", 60)
            if not extra:
                terminal.press("A")
            terminal.settle(0.3)
            start = len(terminal.raw) if not extra else 0
            for key in (
                "end",
                "b",
                "right",
                "i",
                "v",
                "esc",
                "?",
                "esc",
                "m",
                "g",
                "esc",
                "L",
                "S",
                "ctrl+p",
                "esc",
            ):
                terminal.press(key)
            drawn = bytes(terminal.raw[start:])
            assert max(drawn) <= 126, drawn[max(0, drawn.index(max(drawn)) - 40) :][:80]
            assert "1" in terminal.text


@pytest.mark.parametrize(
    "env", [{"TERM": "xterm"}, {"TERM": "linux"}, {"NO_COLOR": "1"}, {"COLORTERM": "truecolor"}, {}], ids=str
)
def test_all_is_seen_and_no_text_has_the_colour_of_its_ground(env: dict[str, str]) -> None:
    program = (*PROGRAM, "run", str(SAMPLES / "polynomial.py"))
    with Terminal(*program, env=env, columns=100, rows=32) as terminal:
        terminal.wait("exit 0", 60)
        for _ in range(1 if env else 5):
            text = terminal.press("end")
            if env.get("TERM") == "linux":  # its font has no dots
                assert text.isascii()
                assert "............" in text.split("loss * pass")[1]
            else:
                assert sum("\u2801" <= c <= "\u28ff" for c in text) > 10  # the loss curve
            for key in ("b", "j", "i", "esc", "?", "esc"):
                terminal.press(key)
                assert not terminal.hidden_text(), key
            terminal.press("t")


@pytest.mark.parametrize("kind", ["dumb", ""])
def test_a_terminal_that_cannot_draw_is_told_so(kind: str) -> None:
    with Terminal(*GRADIENT, env={"TERM": kind}) as terminal:
        assert terminal.wait_exit() == 2
        assert "tutor-tui show" in terminal.text.replace("\n", "")


def test_too_small_a_terminal_says_so_and_comes_back() -> None:
    with Terminal(*GRADIENT) as terminal:
        terminal.wait("exit 0")
        before = terminal.press("home", "b")
        terminal.resize(50, 12)
        terminal.settle(0.3)
        assert "needs 60" in terminal.text
        terminal.resize(80, 24)
        terminal.settle(0.3)
        assert "needs 60" not in terminal.text
        assert terminal.press("home", "b") == before


def test_a_storm_of_resizes_ends_in_a_whole_screen() -> None:
    with Terminal(*GRADIENT) as terminal:
        terminal.wait("exit 0")
        before = terminal.press("home", "b")
        for _ in range(4):
            for n in range(40):
                terminal.resize(60 + n, 15 + n % 20)
            terminal.resize(80, 24)
            terminal.settle(0.5)
            assert terminal.press("home", "b") == before


def test_to_the_shell_and_back() -> None:
    with Terminal("/bin/sh", env={"PS1": "$ "}) as terminal:
        terminal.settle()
        terminal.type(f"{PROGRAM[0]} run {SAMPLES / 'gradient.py'}\r")
        terminal.wait("exit 0")
        before = terminal.press("b")
        terminal.press("\x1a")
        terminal.settle(0.5)
        terminal.type("echo shell\r")
        terminal.wait("shell")
        terminal.type("fg\r")
        terminal.wait("exit 0")
        terminal.settle(0.5)
        assert terminal.text == before


def test_a_click_marks_and_two_choose() -> None:
    with Terminal(*GRADIENT) as terminal:
        terminal.wait("exit 0")
        for _ in range(2):
            terminal.press("\x1b[<0;10;9M\x1b[<0;10;9m")
        assert "Line 8 is about to run" in terminal.text
