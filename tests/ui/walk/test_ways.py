"""Ways through a lesson: to the next note, to the next print; the knob as a slider; two runs side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal import PROGRAM, Terminal
from tests.ui.stage import Stage, of_lesson, of_program
from tutor_tui.ui.keys.footer import slider_text


@pytest.fixture(params=[(80, 24), (120, 40)], ids=["80x24", "120x40"])
def descent(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with of_lesson("gradient_descent", *request.param) as stage:
        stage.wait(r"recorded|exit \d")
        yield stage


def test_the_knob_is_a_slider_and_takes_typed_values(descent: Stage) -> None:
    assert "( lr 0.01 [0.1] 0.3 0.5 0.7 0.9 1.0 1.1 )" in descent.text
    descent.press(")")
    assert "0.1 [0.3] 0.5" in descent.wait(r"recorded|exit \d")
    descent.press("=")
    assert "a number like 0.1" in descent.text
    descent.type("0.25", "enter")
    assert "0.1 [0.25] 0.3" in descent.wait(r"recorded|exit \d")
    assert "lr = 0.25" in descent.text
    for typed, said in (
        ("fast", "not a Python number"),
        ("'0.1'", "must look like 0.1"),
        ("1e999", "not finite"),
        ("1" + "0" * 400, "too large"),
    ):
        descent.press("=")
        assert said in descent.type(typed, "enter")
    assert "[0.25]" in descent.press("left", "right")


def test_two_runs_stand_side_by_side_where_one_is(descent: Stage) -> None:
    descent.goto("30")
    descent.press(")")
    descent.wait(r"recorded|exit \d")
    text = descent.press("D")
    assert re.search(r"loss of pass 2 +5.76 +1.44", text)
    assert "diverge (g " in text
    descent.press("pagedown")
    assert re.search(r"\bw +2.965 +3\b", descent.text)
    descent.press("pagedown")
    assert re.search(r"gradient of w, pass 20 +\S+ +\S+", descent.press("pageup"))
    assert "step 30 of" in descent.press("esc")


def test_to_the_next_note_question_and_print(descent: Stage) -> None:
    descent.press("home")
    seen = ["1"]
    while "╭─ question" not in descent.press("."):
        seen += re.findall(r"step (\d+) of", descent.text)
        assert "is about to run" in descent.text
    assert seen == sorted(set(seen), key=int)
    assert len(seen) > 2
    assert "The first step: w is 0" in descent.text
    descent.press("esc")
    assert "w after 20 steps" in descent.press("P")
    assert "Nothing is printed after this step" in descent.press("P")


def test_a_slider_shows_what_fits_around_its_value() -> None:
    values = [str(n / 10) for n in range(1, 40)]
    for width in range(14, 120):
        for at in (0, 7, 38):
            text = slider_text(("lr", values, at), width)
            assert f"[{values[at]}]" in text
            assert len(text) <= max(width, len(f"( lr … [{values[at]}] … )"))


@pytest.mark.usefixtures("real_kernel")
def test_the_program_and_the_notes_are_there_before_pytorch_is() -> None:
    with Terminal(*PROGRAM, "learn", "gradient_descent", columns=100, rows=30) as terminal:
        terminal.wait("loss = \\(w - 3\\)")
        terminal.wait("A gradient tells you the direction")
        assert "step 0 of 0" in terminal.wait("step 0 of 0")
        terminal.press_now("right")  # kept until there are steps
        terminal.press_now("right")
        terminal.wait(r"recorded|exit \d", 60)
        assert "step 3 of" in terminal.text


def test_the_function_of_a_step_is_explained() -> None:
    with of_lesson("pytorch_operations", 80, 24) as stage:
        stage.wait("recorded|exit 0")
        stage.goto(":9")  # the line is about to run
        assert "torch.mul(input, other): what * runs" in stage.press("H")
        stage.press("esc")
        assert "No function of torch runs at this step" in stage.press("end", "H")


def test_of_a_program_of_ones_own_torch_itself_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "layer.py"
    path.write_text(
        "import torch\nx = torch.nn.functional.linear(torch.ones(2), torch.ones(3, 2))\ny = torch.fft.rfft(x)\n"
    )
    with of_program(path, 80, 24) as stage:
        stage.wait("recorded|exit 0")
        stage.goto(":3")
        stage.press("H")
        text = " ".join(stage.wait("rfft\\(input").split())
        assert "Computes the one dimensional Fourier transform" in text
