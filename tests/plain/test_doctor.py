"""`tutor-tui doctor` tells what is there, and what to do about what is not."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from tests.terminal import PROGRAM, Terminal


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
    assert found["Python"]["state"] == found["torch"]["state"] == "good"
    assert found["colours"]["found"] == "none, as NO_COLOR asks"
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
