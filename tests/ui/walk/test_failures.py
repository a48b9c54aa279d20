"""A program that fails: the walk opens where it did, with what the operation was given."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal import PROGRAM, Terminal
from tests.ui.stage import of_program

NET = """\
import torch
from torch import nn
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(6, 1))
x = torch.randn(5, 4)
y = net(x)
"""


@pytest.fixture
def failing(tmp_path: Path) -> Path:
    path = tmp_path / "net.py"
    path.write_text(NET)
    return path


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
def test_the_walk_opens_where_it_failed(failing: Path, size: tuple[int, int]) -> None:
    with of_program(failing, *size) as stage:
        screen = stage.wait("exit 1")
        assert "✗ 5 y = net(x)" in screen
        assert "linear was given" in screen
        assert "5×[8]" in screen
        assert "1×[6]" in screen
        assert "with 8 there" in " ".join(screen.split())  # the explanation stands there to its end
        assert "site-packages" not in screen.split("linear was given")[0].split("─output")[0]


def test_one_key_leads_there_and_says_where_there_is_none(failing: Path, tmp_path: Path) -> None:
    with of_program(failing, 120, 40) as stage:
        stage.wait("exit 1")
        assert "✗ 5" not in stage.press("home")
        assert "✗ 5" in stage.press("E")
        assert "This is where it failed" in stage.press("E")
    whole = tmp_path / "whole.py"
    whole.write_text("import torch\nx = torch.ones(2)\n")
    with of_program(whole) as stage:
        stage.wait("recorded|exit 0")
        assert "has not failed" in stage.press("E")


def test_who_has_moved_already_is_left_where_he_stands(tmp_path: Path) -> None:
    path = tmp_path / "late.py"
    path.write_text("import torch, time\nx = torch.ones(2)\ntime.sleep(3)\nx @ torch.ones(3)\n")
    with Terminal(*PROGRAM, "run", str(path)) as terminal:
        terminal.wait("Line 1 is about to run")
        terminal.press("right")
        terminal.wait("exit 1")
        assert "step 2 of" in terminal.text
