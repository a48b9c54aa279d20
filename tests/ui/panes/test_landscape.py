"""The landscape of the loss, on the screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.ui.stage import of_lesson, of_program

BATCHES = """\
import torch
torch.manual_seed(1)
w = torch.tensor(0.0, requires_grad=True)
x = torch.tensor([1.0, 3.0])
for step in range(2):
    loss = (w * x[step] - 2) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad = None
"""
LINE = """\
import torch
layer = torch.nn.Linear(2, 1)
loss = layer(torch.tensor([[1.0, 2.0]])).square().mean()
loss.backward()
"""
POINT = re.compile(r"pass (\d+): w = (\S+) · loss (\S+)(?: · slope (-?[\d.]+))?")


def point(text: str) -> tuple[str, ...]:
    found = POINT.search(text)
    assert found is not None, text
    return found.groups(default="")


def test_it_stands_in_gradient_descent_and_slides() -> None:
    with of_lesson("gradient_descent", 200, 60) as stage:
        stage.wait(r"recorded|exit \d")
        stage.goto("20")
        assert point(stage.wait("pass 1: w")) == ("1", "0", "9", "-6")
        stage.goto("60")
        assert point(stage.text) == ("3", "1.08", "3.6864", "-3.84")  # the fourth is not sent backward yet
        assert stage.text.count("•") >= 2  # the way so far
        stage.goto("65")
        assert point(stage.text) == ("4", "1.464", "2.3593", "-3.072")
        assert "Running" not in stage.text  # one landscape serves all passes: they have the same data


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
def test_one_key_shows_it_for_ones_own_program(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "batches.py"
    path.write_text(BATCHES)
    with of_program(path, *size) as stage:
        stage.wait(r"recorded|exit \d")
        stage.press("b", "M")
        assert "┤" in stage.wait("landscape · (pass 1: )?w = 0 · loss 4")
        stage.press("b")
        stage.wait("landscape · (pass 2: )?w = 0.4 · loss 0.64")
        if size[0] == 200:  # another batch: another landscape
            stage.wait("data of pass 2")
        assert "─landscape" not in stage.press("M")


def test_of_many_numbers_one_says_which(tmp_path: Path) -> None:
    path = tmp_path / "line.py"
    path.write_text(LINE)
    with of_program(path, 120, 40) as stage:
        stage.wait(r"recorded|exit \d")
        stage.press("b", "M")
        assert "layer.weight[0, 1]" in stage.text
        stage.type("layer.wait", "enter")
        assert "depends on no layer.wait. It depends on: layer.weight[0, 0]" in stage.text
        stage.press("M")
        stage.type("layer.weight[0,1], layer.bias", "enter")
        assert "░" in stage.wait(r"landscape · pass 1: loss \d")
        stage.press("M", "home")
        assert "landscape" not in stage.text


def test_without_a_loss_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "none.py"
    path.write_text("import torch\nx = torch.ones(2) * 2\n")
    with of_program(path) as stage:
        stage.wait(r"recorded|exit \d")
        assert "no backward pass has run" in stage.press("M")


def test_in_ascii(tmp_path: Path) -> None:
    path = tmp_path / "batches.py"
    path.write_text(BATCHES)
    with of_program(path, 120, 40, ascii_only=True) as stage:
        stage.wait(r"recorded|exit \d")
        stage.press("b", "M")
        assert stage.wait("pass 1: w").isascii()
        assert "@" in stage.text


def test_a_loss_that_is_the_same_everywhere(tmp_path: Path) -> None:
    path = tmp_path / "flat.py"
    path.write_text("import torch\nw = torch.tensor(-5.0, requires_grad=True)\ntorch.relu(w).backward()\n")
    with of_program(path, 120, 40) as stage:
        stage.wait("recorded|exit 0")
        stage.press("b", "M")
        assert "●" in stage.wait("w = -5 · loss 0")


def test_another_number_at_the_same_pass(tmp_path: Path) -> None:
    path = tmp_path / "line.py"
    path.write_text(LINE)
    with of_program(path, 120, 40) as stage:
        stage.wait("recorded|exit 0")
        stage.press("b")
        for name in ("layer.weight[0, 0]", "layer.weight[0, 1]"):
            stage.press("M")
            stage.type(name, "enter")
            stage.wait(r"landscape · (pass 1: )?(layer\.weight|loss)")
            stage.press("M")
