"""The screen on which a run is watched, in a real terminal."""

from __future__ import annotations

import csv
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal import PROGRAM, Terminal
from tests.watched import FIT
from tutor_tui.protocol.messages import FreezeWhen
from tutor_tui.ui.training.typed import parse_when


@pytest.fixture
def fit(tmp_path: Path) -> str:
    """A program that trains until it is told to stop."""
    path = tmp_path / "fit.py"
    path.write_text(FIT, encoding="utf-8")
    return str(path)


def test_a_run_is_watched_frozen_walked_and_let_go_on(fit: str, tmp_path: Path) -> None:
    with Terminal(*PROGRAM, "run", "--watch", fit, "100000000", columns=80, rows=24) as terminal:
        terminal.wait("Space freeze")
        terminal.wait(r"pass [\d,]{3,} · [\d,]+/s")
        terminal.press("space")
        terminal.wait("is recorded from here on: as asked")
        terminal.wait("frozen after pass")
        first = terminal.press("n")
        assert "Line 12 is about to run" in first
        assert "▶12         loss = " in first
        terminal.press("end")
        terminal.press("v")
        terminal.wait("the program waits")
        assert "c go on" in terminal.text
        terminal.press("left")
        terminal.wait("at pass")
        terminal.press("E")
        terminal.type(str(tmp_path / "points.csv"), "enter")
        terminal.wait("points written to")
        with open(tmp_path / "points.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        assert {row["quantity"] for row in rows} >= {"loss", "rate", "weights"}
        for wrong in ("1.2.3", "7 0.1", "-1", "nan"):
            terminal.press("r")
            terminal.type(wrong, "enter")
            terminal.wait(f"“{wrong}” is not a group and a rate")
        terminal.press("r")
        terminal.type("0.01", "enter")
        terminal.wait("will be 0.01")
        terminal.press("c")
        terminal.wait(r"lr +0\.01")
        terminal.press("s")
        terminal.wait("over: exit 0")


def test_a_run_that_prepares_data_says_where_it_is_and_is_recorded_no_longer(tmp_path: Path) -> None:
    path = tmp_path / "prepare.py"
    path.write_text(
        "import os, torch\ncounts = {}\n"
        "for i in range(1_000_000_000):\n"
        "    counts[i % 10] = counts.get(i % 10, 0) + 1\n"
        f"    if i % 1000 == 0 and os.path.exists({str(tmp_path / 'enough')!r}): break\n"
        "x = torch.ones(2)\n"
        "while True: x = x + 1\n",
        encoding="utf-8",
    )
    with Terminal(*PROGRAM, "run", str(path), columns=80, rows=24) as terminal:
        terminal.wait(r"untraced for \d+ s: line [345], [\d,]+ iterations/s")
        terminal.press_now("end")
        terminal.wait(
            r"iteration [\d,]+ of\s+1,000,000,000; [\d,]+ iterations a\s+second, (\d+ min )?\d+ s to go"
        )
        assert "…" not in terminal.text.split("Untraced for")[1]
        terminal.press_now("w")
        terminal.wait("The record ends after the next tensor operation")
        (tmp_path / "enough").touch()
        terminal.wait("The run is watched")
        terminal.press("w")  # from the curve to the walk
        terminal.wait("of [\\d,]+ .* watching")
        terminal.press("end")
        terminal.wait("As requested, the record ends here")


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """A state folder; what is left running there is ended."""
    yield tmp_path / "state"
    for about in (tmp_path / "state/tutor-tui/runs").glob("*.json"):
        os.kill(json.loads(about.read_text())["pid"], signal.SIGTERM)


def test_a_run_outlives_its_screen_once_it_was_left(fit: str, state: Path) -> None:
    env = {"XDG_STATE_HOME": str(state)}
    with Terminal(*PROGRAM, "run", "--watch", fit, "100000000", env=env) as terminal:
        terminal.wait(r"pass [\d,]{3,} · [\d,]+/s")
        terminal.press_now("d")
        assert terminal.wait_exit() == 0
        assert "tutor-tui attach fit-" in bytes(terminal.raw).decode(errors="replace")
    with Terminal(*PROGRAM, "attach", env=env) as terminal:
        terminal.wait(r"pass [\d,]{4,} · [\d,]+/s")
        os.kill(terminal.pid, signal.SIGKILL)  # the run has been left once, and goes on
        terminal.wait_exit()
    with Terminal(*PROGRAM, "attach", env=env) as terminal:
        terminal.wait(r"pass [\d,]{4,} · [\d,]+/s")
        about = next((state / "tutor-tui/runs").glob("*.json"))
        kernel = json.loads(about.read_text())["pid"]
        os.kill(kernel, 0)
        for key in ("r", "q"):  # neither ends hours of training by itself
            terminal.press("w", key)
            terminal.wait(f"This ends the run[^.]*[.] {key} again confirms")
            terminal.press("v")
        terminal.press("q")
        terminal.wait("q again confirms")
        terminal.press_now("q")
        assert terminal.wait_exit() == 0
    deadline = time.time() + 10
    while time.time() < deadline and Path(f"/proc/{kernel}/exe").exists():
        time.sleep(0.05)
    with pytest.raises(OSError):
        os.readlink(f"/proc/{kernel}/exe")


def test_conditions_are_read_as_they_are_written() -> None:
    assert parse_when("nan, jump 5,norm 1e3") == FreezeWhen(finite=True, jump=5.0, norm=1000.0)
    assert parse_when("") == FreezeWhen()
    for wrong in ("jump", "norm x", "nan 3", "norm -1", "jump 1.2.3", "norm inf", "jump nan", "often"):
        assert parse_when(wrong) is None
