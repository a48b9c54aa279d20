"""Packs from elsewhere: listed without running anything of theirs, and asked about before their first run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal import PROGRAM, Terminal
from tutor_tui.lessons.scaffold import scaffold


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """An installed distribution with a lesson; importing it, or running its lesson, leaves a mark."""
    site = tmp_path / "site"
    mark = f"open({str(tmp_path / 'mark')!r}, 'w').write('ran')\n"
    scaffold(site / "foreign_pack" / "lessons" / "strange")
    (site / "foreign_pack" / "__init__.py").write_text(mark)
    code = site / "foreign_pack" / "lessons" / "strange" / "code.py"
    code.write_text(mark + code.read_text())
    info = site / "foreign_pack-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign-pack\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[tutor_tui.lessons]\npack = foreign_pack.lessons\n")
    return tmp_path


def environment(pack: Path) -> dict[str, str]:
    return {
        "PYTHONPATH": str(pack / "site"),
        "XDG_STATE_HOME": str(pack / "state"),
        "XDG_CONFIG_HOME": str(pack / "config"),
    }


def tutor(pack: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tutor_tui", *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environment(pack)},
    )


def test_a_pack_is_listed_and_nothing_of_it_runs(pack: Path) -> None:
    listed = json.loads(tutor(pack, "lessons", "--json").stdout)["lessons"]
    (strange,) = [entry for entry in listed if entry["name"] == "strange"]
    assert strange["pack"] == "the installed package foreign-pack"
    assert len(listed) == 10
    assert not (pack / "mark").exists()


def test_without_a_person_it_is_not_run(pack: Path) -> None:
    for command in ("show", "trace"):
        done = tutor(pack, command, "strange")
        assert done.returncode == 2
        assert "foreign-pack" in done.stderr
        assert "None of it has been run" in done.stderr
    assert not (pack / "mark").exists()


def test_a_person_is_asked_once(pack: Path) -> None:
    with Terminal(*PROGRAM, "learn", "strange", env=environment(pack)) as terminal:
        terminal.wait("Run it, and the others from that pack")
        terminal.type("n", "enter")
        assert terminal.wait_exit() == 2
    assert not (pack / "mark").exists()
    with Terminal(*PROGRAM, "learn", "strange", env=environment(pack)) as terminal:
        terminal.wait("Run it, and the others from that pack")
        terminal.type("y", "enter")
        terminal.wait("recorded|exit 0")
    assert (pack / "mark").exists()
    assert tutor(pack, "show", "strange").returncode == 0


def test_the_list_asks_too(pack: Path) -> None:
    with Terminal(*PROGRAM, columns=100, env=environment(pack)) as terminal:
        terminal.wait("A lesson of my own")
        terminal.press("end", "enter")
        terminal.wait("is a program from the installed package foreign-pack")
        terminal.press("enter")
        terminal.settle(0.3)
        assert not (pack / "mark").exists()


def test_a_folder_of_lessons(tmp_path: Path) -> None:
    scaffold(tmp_path / "mine" / "own")
    (tmp_path / "mine" / "broken").mkdir()
    (tmp_path / "mine" / "broken" / "lesson.toml").write_text("format_version = 9")
    done = subprocess.run(
        [sys.executable, "-m", "tutor_tui", "lessons", "--lessons", str(tmp_path / "mine")],
        capture_output=True,
        text=True,
    )
    assert "own" in done.stdout
    assert "format_version must be 1" in done.stderr
