"""What is typed is not lost, and every way leads somewhere."""

from __future__ import annotations

import pytest

from tests.terminal import PROGRAM, Terminal
from tests.ui.stage import Stage, of_lesson
from tutor_tui.client.process import KernelProcess
from tutor_tui.client.run import Run
from tutor_tui.client.target import Target
from tutor_tui.ui.shell.start import make_app

pytestmark = pytest.mark.usefixtures("new_person")
SIZES = [(80, 24), (120, 40)]


def of_list(columns: int = 80, rows: int = 24) -> Stage:
    """The application as it opens with nothing to run: the list of lessons."""
    return Stage(make_app(Run(KernelProcess()), None, Target("")), columns, rows)


def test_the_first_list_has_nothing_behind_it() -> None:
    with of_list() as stage:
        assert "Nothing is open yet: Enter opens the marked lesson, q quits." in stage.press("esc")
        assert "Your first gradient" in stage.text
        stage.press("enter")
        stage.wait("recorded|exit 0")
        assert "Esc back" in stage.press("l")
        assert "─code" in stage.press("esc")


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_every_lesson_is_in_sight_and_none_is_without_its_summary(columns: int, rows: int) -> None:
    with of_list(columns, rows) as stage:
        lines = stage.text.splitlines()
        heads = [n for n, line in enumerate(lines) if line.strip()[:2] in {f"{k}." for k in range(1, 9)}]
        assert len(heads) == 8
        assert all(lines[n + 1].startswith("    ") and lines[n + 1].strip() for n in heads)


def test_the_list_opens_where_one_went_on_last() -> None:
    with of_lesson("neuron") as stage:
        stage.wait("recorded|exit 0")
        stage.press("right", "l")
        highlighted = stage.app.screen.query_one("#picker").highlighted  # type: ignore[attr-defined]
        assert stage.app.screen._found[highlighted][0].name == "neuron"  # type: ignore[attr-defined]


def test_an_edit_is_not_lost_for_one_key() -> None:
    with of_lesson("first_gradient") as stage:
        stage.wait("recorded|exit 0")
        stage.press("e")
        stage.type("# mine ")
        assert "Nothing is selected to copy." in stage.press("ctrl+c")
        assert "Copied the selection." in stage.press("f7", "ctrl+c")
        assert "Your changes have not been run." in stage.press("esc")
        assert "# mine" in stage.app.screen.query_one("#text").text  # type: ignore[attr-defined]
        stage.type("x")
        assert "Your changes have not been run." in stage.press("esc")
        assert "─graph" in stage.press("esc")
        stage.press("e")
        assert "─graph" in stage.press("esc")  # nothing was typed: nothing is asked


def test_an_exercise_leads_back_to_its_lesson_or_on_through_its_own_record() -> None:
    with of_lesson("first_gradient", 100, 30) as stage:
        stage.wait("recorded|exit 0")
        stage.press("X", "ctrl+s")
        stage.wait("expected a backward pass")
        stage.press("esc")
        stage.wait(r"code\.py[\s\S]*(recorded|exit 0)")
        stage.press("X", "ctrl+s")
        stage.wait("expected a backward pass")
        assert "This is your program's record." in stage.press("ctrl+g")
        assert "starter.py" in stage.text


def test_an_exercise_that_does_not_end_can_be_stopped() -> None:
    with Terminal(*PROGRAM, "learn", "first_gradient", columns=100, rows=30) as terminal:
        terminal.wait("recorded|exit 0")
        terminal.press("X")
        terminal.type("while True: pass", "ctrl+s")
        terminal.wait(r"Still running after \d+ s\. Esc stops it\.")
        terminal.press("esc")
        terminal.wait("The program was stopped before it ended.")
        assert "while True" in terminal.text


def test_an_overlay_leaves_nothing_of_what_it_covers() -> None:
    with of_lesson("first_gradient") as stage:
        stage.wait("recorded|exit 0")
        for key in ("?", "i"):
            over = stage.press("b", key)
            assert "─code" not in over
            assert "import torch" not in over
            stage.press("esc")


@pytest.mark.parametrize("word", ["recap", "output", "zoom", "hint"])
def test_the_palette_knows_the_words_that_are_used(word: str) -> None:
    with of_lesson("first_gradient") as stage:
        stage.wait("recorded|exit 0")
        stage.press("ctrl+p")
        stage.type(word)
        stage.wait(rf"(?i){word}[\s\S]*  ·  \S")


def test_the_palette_shows_its_keys_whole() -> None:
    with of_lesson("first_gradient", 120, 40) as stage:
        stage.wait("recorded|exit 0")
        stage.press("ctrl+p")
        stage.type("breakpoint before")
        stage.wait(r"Breakpoint before  ·  \[")
        stage.press("esc")


def test_tab_goes_to_no_pane_that_is_not_there_and_zoom_shows_what_one_reads() -> None:
    with of_lesson("first_gradient") as stage:
        stage.wait("recorded|exit 0")
        walk = stage.app.showing.walk
        for _ in range(12):
            stage.press("tab")
            assert walk.panes.focused().display
            assert walk.panes.focused().room.height > 0
        walk.panes.notes.focus()
        stage.press("z")
        for _ in range(6):
            lines = stage.press("tab").splitlines()
            assert any(line.strip() for line in lines[1:15]), stage.text
