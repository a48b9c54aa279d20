"""Looking around in a walk: marks, folds, searches, sizes, looks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import SAMPLES
from tests.terminal import GRADIENT, PROGRAM, Terminal
from tests.ui.stage import Stage, of_program

POLYNOMIAL = (*PROGRAM, "run", str(SAMPLES / "polynomial.py"))


@pytest.fixture
def model(new_person: None) -> Iterator[Stage]:
    with of_program(SAMPLES / "transformer.py", 120, 40) as stage:
        stage.wait("recorded|exit 0")
        yield stage


def test_a_tensor_is_looked_into(model: Stage) -> None:
    model.press("home", "b", "i")
    assert "on cpu" in model.wait("on cpu")
    model.press("esc", "end", "tab")
    for _ in range(20):
        marked = next((line for line in model.press("j").splitlines() if line.rstrip().endswith("<")), "")
        if ".weight" in marked:
            break
    model.press("i")
    model.wait("now, over all elements: x.min")
    assert re.search(r"x\.mean\(\) -?\d", model.text)
    assert model.press("v").count("▀▀") > 8
    assert "██ " in model.text
    assert re.search(r" to +-?\d", model.press("v"))
    assert "step" in model.press("esc")


def test_choices_are_found_again(tmp_path: Path) -> None:
    env = {"XDG_CONFIG_HOME": str(tmp_path)}
    with Terminal(*GRADIENT, env=env) as terminal:
        terminal.wait("recorded|exit 0")
        terminal.press("t", ">", "G", "o")
    kept = json.loads((tmp_path / "tutor-tui" / "settings.json").read_text())
    assert kept["theme"] == "light"
    assert kept["split"] == 55
    assert kept["inputs_on_top"] is True
    assert kept["picture"] is False
    with Terminal(*GRADIENT, env=env) as terminal:
        terminal.wait("recorded|exit 0")
        assert "inputs on top" in terminal.press("b")


def test_choices_that_cannot_be_kept_or_read_cost_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "tutor-tui"
    folder.mkdir()
    (folder / "settings.json").write_text('{"theme": 7, "split": "wide", broken')
    with Terminal(*GRADIENT, env={"XDG_CONFIG_HOME": str(tmp_path)}) as terminal:
        terminal.wait("recorded|exit 0")
    (tmp_path / "file").write_text("")
    env = {"XDG_CONFIG_HOME": str(tmp_path / "file")}
    with Terminal(*GRADIENT, env=env) as terminal:
        terminal.wait("recorded|exit 0")
        assert "for this session only" in terminal.press("o")


def test_copying_says_what_was_done_and_keeps_a_file(tmp_path: Path) -> None:
    env = {"XDG_STATE_HOME": str(tmp_path), "TMUX": "/tmp/x,1,0"}
    with Terminal(*GRADIENT, env=env, columns=120) as terminal:
        terminal.wait("recorded|exit 0")
        terminal.press("b", "y")
        assert "Sent to the terminal" in terminal.text
        assert b"\x1bPtmux;\x1b\x1b]52;c;" in terminal.raw
    kept = tmp_path / "tutor-tui" / "copied.txt"
    assert "Backward pass 1 starts" in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0


def test_ascii_alone_reaches_the_terminal() -> None:
    for extra in (["--ascii"], []):
        with Terminal(*POLYNOMIAL[:2], *extra, *POLYNOMIAL[2:], columns=120, rows=40) as terminal:
            terminal.wait("recorded|exit 0", 60)
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
    with Terminal(*POLYNOMIAL, env=env, columns=100, rows=32) as terminal:
        terminal.wait("recorded|exit 0", 60)
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
        terminal.wait("recorded|exit 0")
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
        terminal.wait("recorded|exit 0")
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
        terminal.wait("recorded|exit 0")
        before = terminal.press("b")
        terminal.press("\x1a")
        terminal.settle(0.5)
        terminal.type("echo shell\r")
        terminal.wait("shell")
        terminal.type("fg\r")
        terminal.wait("recorded|exit 0")
        terminal.settle(0.5)
        assert terminal.text == before


def test_a_click_marks_and_two_choose() -> None:
    with Terminal(*GRADIENT) as terminal:
        terminal.wait("recorded|exit 0")
        row = next(n for n, line in enumerate(terminal.text.splitlines(), 1) if " 8 y = " in line)
        for _ in range(2):
            terminal.press(f"\x1b[<0;10;{row}M\x1b[<0;10;{row}m")
        assert "Line 8 is about to run" in terminal.text
