"""Runs that go on alone are found again by name, and nobody else can look into their folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tutor_tui.protocol.waiting import connect, forget, listen, runs_folder, state_folder, waiting_runs


@pytest.fixture(autouse=True, params=["short", "a folder of a very long name " * 4])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folders of a person who has never used the program; a socket's address holds 100 characters."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / request.param))


def about(pid: int = 0, started: float = 1.0) -> dict[str, object]:
    return {"program": "train.py", "pid": pid or os.getpid(), "started": started}


def test_a_run_that_listens_is_listed_and_reached() -> None:
    with listen("late", about(started=2.0)) as late, listen("early", about()):
        assert [(r.name, r.program) for r in waiting_runs()] == [("early", "train.py"), ("late", "train.py")]
        with connect("late") as channel:
            channel.sendall(b"hello")
            accepted, _ = late.accept()
            with accepted:
                assert accepted.recv(5) == b"hello"


def test_a_name_that_is_taken_or_gone_is_an_error() -> None:
    with listen("one", about()), pytest.raises(OSError, match="in use"):
        listen("one", about())
    forget("one")
    forget("one")
    with pytest.raises(OSError):
        connect("one")
    assert waiting_runs() == []


def test_dead_ones_are_taken_away_and_broken_ones_passed_over() -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    with listen("dead", about(dead.pid)), listen("alive", about()):
        (runs_folder() / "broken.json").write_text("{")
        (runs_folder() / "poor.json").write_text(json.dumps({"program": "x"}))
        assert [run.name for run in waiting_runs()] == ["alive"]
        assert not (runs_folder() / "dead.json").exists()
        os.unlink(runs_folder() / "alive.sock")
        assert waiting_runs() == []


def test_a_zombie_is_dead_and_another_persons_process_is_not() -> None:
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    with listen("zombie", about(zombie.pid)), listen("init", about(1)):
        assert [run.name for run in waiting_runs()] == ["init"]
    zombie.wait()


def test_the_folder_is_private() -> None:
    state_folder().chmod(0o755)
    assert state_folder().stat().st_mode & 0o077 == 0
    with listen("one", about()):
        assert (runs_folder() / "one.sock").stat().st_mode & 0o077 == 0
