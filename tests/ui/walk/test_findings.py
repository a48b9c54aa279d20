"""What is wrong with a program, on the screen: a count, marks, a list, and the steps that prove it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.stage import of_program

MISTAKE = Path(__file__).parents[2] / "findings" / "mistakes" / "grad_not_cleared_1.py"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
def test_what_was_found_is_counted_marked_listed_and_walked_to(size: tuple[int, int]) -> None:
    with of_program(MISTAKE, *size) as stage:
        stage.wait("1 mistake: a")
        listed = stage.press("a")
        assert "What is wrong: 1 mistake" in listed
        assert "grad_not_cleared_1.py:6 · grad-not-cleared" in listed
        assert "-6 was there, and -4.8 was added" in " ".join(listed.split())
        assert "optimizer.zero_grad()" in " ".join(listed.split())
        walked = stage.press("j", "j", "j", "enter")
        assert "receives -4.8: w.grad goes from -6 to -10.8" in " ".join(walked.split())
        assert "step 24 of" in walked
        assert "6✗" in walked
        assert "✗" in walked.split("\n")[-2]  # on the bar


def test_esc_leads_back_to_where_one_stood() -> None:
    with of_program(MISTAKE) as stage:
        stage.wait("1 mistake: a")
        stage.press("home", "right", "right")
        assert "What is wrong" in stage.press("a")
        back = stage.press("escape")
        assert "step 3 of" in back
        assert "What is wrong" not in back


def test_where_nothing_is_wrong_the_key_says_so(tmp_path: Path) -> None:
    file = tmp_path / "fine.py"
    file.write_text("import torch\nx = torch.ones(2)\n")
    with of_program(file) as stage:
        stage.wait("recorded|exit 0")
        assert "Nothing wrong was found" in stage.press("a")
