"""A lesson as a learner meets it: with a kernel of its own, and in a real terminal where that may matter."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from pathlib import Path

import pytest

from tests.terminal import PROGRAM, Terminal
from tests.ui.stage import Stage, of_lesson
from tutor_tui.lessons.progress import Progress
from tutor_tui.ui.dialogs.question import UNSEEN

pytestmark = pytest.mark.usefixtures("new_person")
SIZES = [(80, 24), (120, 40)]


def in_terminal(name: str, home: Path, *options: str) -> Terminal:
    env = {"XDG_STATE_HOME": str(home / "state"), "XDG_CONFIG_HOME": str(home / "config")}
    return Terminal(*PROGRAM, "learn", *options, name, env=env)


def saved(home: Path) -> Progress:
    return Progress(home / "state" / "tutor-tui" / "progress.sqlite3")


def to_line(terminal: Terminal | Stage, number: int) -> str:
    terminal.press("home")
    return terminal.goto(f":{number}")


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_notes_follow_the_cursor(tmp_path: Path, columns: int, rows: int) -> None:
    with of_lesson("first_gradient", columns, rows) as terminal:
        terminal.wait("recorded|exit 0")
        assert "▶ 4  x = torch.tensor(2.0" in terminal.press("right")
        assert "This makes a scalar" in to_line(terminal, 5)
        text = to_line(terminal, 9)
        assert "The forward pass: from the input" in text


def test_questions_are_asked_before_the_value(tmp_path: Path) -> None:
    with in_terminal("first_gradient", tmp_path) as terminal:
        terminal.wait("recorded|exit 0")
        to_line(terminal, 8)
        asked = terminal.press("n")
        assert "x is 2. What will y be?" in asked
        assert "y  11" not in asked
        assert "11  AddBackward0" not in asked
        assert "“seven” is not a number." in terminal.type("seven", "enter")
        told = terminal.type("10", "enter")  # in its place: what was rejected is selected
        assert "You said 10; it is 11: 1 too low." in told
        assert "y  11" in told
        to_line(terminal, 8)
        assert "What will y be?" not in terminal.press("n")

        to_line(terminal, 13)  # passed by with the key that walks
        assert "What will x.grad be" in terminal.press("right")
        terminal.settle(0.6)
        assert "Type an answer, or press → to see it." in terminal.press("enter")
        assert "It is 7." in terminal.press("right")
        assert "What will" not in terminal.text

        to_line(terminal, 24)  # and with Esc, which a terminal tells from other keys by waiting
        assert "what happens?" in terminal.press("n")
        terminal.press("esc")
        terminal.settle(0.5)
        assert "what happens?" not in terminal.text
        assert "what happens?" in terminal.press("n")  # asked again
        terminal.settle(0.6)
        assert "what happens?" not in terminal.press("right")
        assert saved(tmp_path).predictions("first_gradient") == {
            "8.1": ("10", False),
            "13.2": ("", None),
            "24.3": ("", None),
        }

        assert "?" not in terminal.press("end").splitlines()[-3]  # a leap is not held up
        assert "The run is over" in terminal.text
        assert "The end of “Your first gradient”" in terminal.press("right")


@pytest.mark.parametrize("name", ["computation_graph", "gradient_descent"])
def test_a_knob_turns_the_whole_lesson(tmp_path: Path, name: str) -> None:
    with of_lesson(name, 120, 40) as terminal:
        terminal.wait("recorded|exit 0")
        terminal.press("end", "left", "left")
        before = terminal.text
        where = re.search(r"step \d+ of \d+", before)
        assert where is not None
        knob = {"computation_graph": "x = 3.0", "gradient_descent": "lr = 0.3"}[name]
        terminal.press(")")
        terminal.wait(rf"{knob}[\s\S]*{where[0]}[\s\S]*(recorded|exit 0)")
        assert terminal.text != before
        terminal.press("D")
        parted = terminal.wait("they diverge")
        assert "Before." in parted
        assert "Now." in parted
        terminal.press("enter")
        for _ in range(10):
            terminal.press("(")
        terminal.wait("goes no further than")


def test_an_edited_program_runs_and_is_compared(tmp_path: Path) -> None:
    with of_lesson("first_gradient", 120, 40) as terminal:
        terminal.wait("recorded|exit 0")
        to_line(terminal, 8)
        terminal.press("e")
        terminal.wait("no file is changed")
        terminal.press("end")
        terminal.type(" +")
        assert "Line 8: invalid syntax" in terminal.press("ctrl+s")
        terminal.press("end")
        terminal.type(" 5", "ctrl+s")
        terminal.wait(r"graph[\s\S]*\+ 1 \+ 5")
        told = terminal.press("D")
        assert "Before. Line 9 is about to run" in told
        assert re.search(r"Now\. [^.]*= 16", " ".join(told.split()))
        terminal.press("enter", "R")
        terminal.wait("recorded|exit 0")
        assert "+ 1 + 5" not in terminal.text


def test_an_exercise_from_starter_to_solution(tmp_path: Path) -> None:
    with of_lesson("first_gradient", 100, 36) as terminal:
        terminal.wait("recorded|exit 0")
        assert "Find the slope of w**3" in terminal.press("X")
        terminal.press("ctrl+s")
        terminal.wait("expected a backward pass, got tensor")
        assert "Hints first: 3 left" in terminal.press("ctrl+o")
        assert "Hint 1 of 3" in terminal.press("ctrl+t")
        assert "Hint 3 of 3" in terminal.press("ctrl+t", "ctrl+t")
        assert "requires_grad=True" in terminal.press("ctrl+o")
        terminal.press("ctrl+s")
        terminal.wait("Solved.")
        work = saved(tmp_path).work("first_gradient")
        assert work is not None
        assert (work.passed, work.hints) == (True, 3)
        assert "solution" not in terminal.press("esc")
        assert "step" in terminal.text
        terminal.press("R")
        terminal.wait(r"step 1 of 6\d")


def test_recap_tables_and_the_next_lesson(tmp_path: Path) -> None:
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        with of_lesson("pytorch_operations", 100, 30) as terminal:
            terminal.wait("recorded|exit 0")
            assert "np.dot(a, b)" in terminal.press("T")
            terminal.press("esc", "end", "W")
            assert "Write the recap to" in terminal.text
            assert not list(tmp_path.glob("*.md"))
            terminal.press("enter")
            assert "Written:" in terminal.text
            text = (tmp_path / "pytorch_operations-recap.md").read_text()
            assert "4 + 10 + 18 = 32" in text
            terminal.press("C")
            terminal.wait("knob|x = 2.0")
    finally:
        os.chdir(here)


def test_resume_asks_nothing(tmp_path: Path) -> None:
    with in_terminal("neuron", tmp_path) as terminal:
        terminal.wait("recorded|exit 0")
        terminal.goto("12")
        terminal.press("q")
        assert terminal.wait_exit() == 0
    with in_terminal("neuron", tmp_path) as terminal:
        terminal.wait("step 12 of")


def test_a_place_that_cannot_be_kept_costs_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")  # a file where a folder should be
    with of_lesson("neuron", 100, 30) as terminal:
        terminal.wait("Progress is not saved")
        assert "step 3 of" in terminal.press("right")


def kill_somewhere(home: Path, chance: random.Random) -> None:
    """Walk a while, answer what is asked, be killed at once after a key, and come back."""
    with in_terminal("first_gradient", home) as terminal:
        terminal.wait("recorded|exit 0")
        terminal.press("home")
        given: dict[str, tuple[str, bool | None]] = {}
        for _ in range(chance.randrange(3, 25)):
            screen = terminal.press(chance.choice(["right", "right", "n"]))
            if "→ shows the answer" in screen:
                terminal.type("1", "enter")
        terminal.settle(0.05)
        place = re.search(r"step (\d+) of", terminal.text)
        given = saved(home).predictions("first_gradient")
        os.kill(terminal._pid, signal.SIGKILL)
        time.sleep(0.05)
    assert place is not None
    assert saved(home).predictions("first_gradient") == given
    with in_terminal("first_gradient", home) as terminal:
        terminal.wait(f"step {place[1]} of")


def test_killed_at_any_moment(tmp_path: Path) -> None:
    kill_somewhere(tmp_path, random.Random(0))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 21))
def test_killed_at_twenty_moments(tmp_path: Path, seed: int) -> None:
    kill_somewhere(tmp_path, random.Random(seed))


def test_a_note_does_not_tell_the_answer_before_the_question(tmp_path: Path) -> None:
    with of_lesson("neuron", 120, 40) as terminal:
        terminal.wait("recorded|exit 0")
        before = to_line(terminal, 16)
        assert "(A question comes first.)" in before
        assert "equals Z" not in before
        assert "How many of the eight numbers" in terminal.press("n")
        time.sleep(UNSEEN)
        told = terminal.press("n")
        assert "It is 0. All of them are positive." in told
        assert "equals Z" in told


def test_a_key_that_comes_at_once_was_meant_for_the_step_before(monkeypatch: pytest.MonkeyPatch) -> None:
    with of_lesson("first_gradient") as terminal:
        terminal.wait("recorded|exit 0")
        to_line(terminal, 8)
        monkeypatch.setattr("tutor_tui.ui.dialogs.question.UNSEEN", 1e9)
        terminal.press("right", "right", "n")
        assert "What will y be?" in terminal.text
        monkeypatch.setattr("tutor_tui.ui.dialogs.question.UNSEEN", 0)
        assert "It is 11." in terminal.press("right")


def test_a_decimal_comma_is_understood(tmp_path: Path) -> None:
    with of_lesson("computation_graph") as terminal:
        terminal.wait("recorded|exit 0")
        to_line(terminal, 11)
        terminal.press("n")
        assert "You said 9,5; it is 10: 0.5 too low." in terminal.type("9,5", "enter")


def test_lines_lead_to_the_end(tmp_path: Path) -> None:
    with of_lesson("neuron", 100, 30) as terminal:
        terminal.wait("recorded|exit 0")
        to_line(terminal, 33)
        for _ in range(3):
            terminal.press("n")
        assert "The end of “The same neuron twice”" in terminal.text


def test_the_loss_curve_follows_the_knob(tmp_path: Path) -> None:
    with of_lesson("gradient_descent", 120, 40) as terminal:
        terminal.wait("recorded|exit 0")
        to_line(terminal, 17)
        terminal.press(")")
        terminal.wait(r"lr = 0\.3[\s\S]*loss · pass 20: 0[^.][\s\S]*(recorded|exit 0)")


def test_what_a_lesson_compares_is_drawn_in_one_picture_each_from_its_first_pass() -> None:
    with of_lesson("training_loop", 120, 40) as terminal:
        terminal.wait("recorded|exit 0")
        total = int(re.findall(r"of ([\d,]+)", terminal.text)[0].replace(",", ""))
        assert total < 1_500
        terminal.goto("p2200")
        text = terminal.press("b")
        assert "sgd_loss · pass 2,200: 0.50975, each from its" in text
        assert re.search(r" loss +│[\s\S]* sgd_loss +│[\s\S]* adam_loss", text), text
        assert "trial_loss" not in text
        assert re.search(r"1,500 +2,000", text), text  # the longest of them, not all passes


def test_an_edited_program_does_not_move_ones_place(tmp_path: Path) -> None:
    with of_lesson("neuron") as terminal:
        terminal.wait("recorded|exit 0")
        terminal.goto("12")
        terminal.press("e")
        terminal.wait("no file is changed")
        terminal.press("end")
        terminal.type("\r1 / 0", "ctrl+s")
        terminal.wait("exit 1")
        terminal.press("end")
        assert "The end of" not in terminal.press("right")
        place = saved(tmp_path).place("neuron")
        assert place is not None
        assert (place.step, place.furthest) == (11, 11)


def test_the_options_may_stand_before_the_command(tmp_path: Path) -> None:
    env = {"XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    with Terminal(*PROGRAM, "--ascii", "learn", "neuron", env=env) as terminal:
        terminal.wait("recorded|exit 0")
        terminal.press("right", "n", "T")
        assert terminal.text.isascii()
