"""`tutor-tui doctor` tells what is there, and what to do about what is not."""

from __future__ import annotations

import json
import os
import subprocess
from importlib import metadata
from pathlib import Path

import pytest

from tests.terminal import PROGRAM, Terminal
from tutor_tui.plain.doctor import judge_torch


def examine(**env: str) -> dict[str, dict[str, str]]:
    """The findings without a terminal."""
    done = subprocess.run(
        [*PROGRAM, "doctor", "--json"],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
    )
    findings = {finding["name"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == any(f["state"] == "bad" for f in findings.values())
    return findings


def test_it_finds_what_is_there(tmp_path: Path) -> None:
    found = examine(XDG_STATE_HOME=str(tmp_path), NO_COLOR="1")
    assert found["Python"]["state"] == "good"
    major, minor = metadata.version("torch").split(".")[:2]
    assert found["torch"]["state"] == ("good" if (int(major), int(minor)) < (2, 14) else "note")
    assert found["colours"]["found"] == "none: NO_COLOR is set"
    assert found["terminal"]["found"] == "none"
    assert str(tmp_path) in found["state folder"]["found"]
    assert "(700)" in found["runs folder"]["found"]


def test_it_says_what_to_do_about_what_is_not(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = examine(
        XDG_STATE_HOME=str(tmp_path / "file"), LC_ALL="POSIX", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0"
    )
    assert "XDG_STATE_HOME" in found["state folder"]["advice"]
    assert "--ascii" in found["UTF-8"]["advice"]


def test_a_terminal_is_asked_and_left_as_it_was() -> None:
    with Terminal(*PROGRAM, "doctor", columns=70, rows=40) as terminal:
        before = terminal.settings()
        assert terminal.wait_exit() == 0
        assert "TERM=xterm-256color" in terminal.text
        assert "It works; 80×24" in terminal.text
        assert "synchronized output" in terminal.text
        assert terminal.settings() == before


@pytest.mark.parametrize(
    ("version", "state", "advice"),
    [
        ("2.7.1+cu126", "bad", "2.8 or newer"),
        ("2.8.0", "good", ""),
        ("2.13.0+cpu", "good", ""),
        ("2.14.1+cu130", "note", "newer than 2.13"),
        ("3.0.0a0+git1234", "note", "newer"),
    ],
)
def test_a_torch_that_is_too_old_or_too_new_is_told(version: str, state: str, advice: str) -> None:
    finding = judge_torch(version)
    assert (finding.state, finding.found) == (state, version)
    assert advice in finding.advice
