"""What is saved, and what happens when it cannot be."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal import PROGRAM, Terminal
from tutor_tui.errors import LessonError
from tutor_tui.lessons.progress import Place, Progress, Work


def test_all_of_it_is_there_again(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "state" / "p.sqlite3")
    progress.stand("one", 9, 20)
    progress.stand("one", 4, 20)
    progress.predicted("one", "a", "11", True)
    progress.predicted("one", "b", "", None)
    progress.worked("one", Work(True, 2, "x = 1"))
    progress.worked("one", Work(False, 3, "x = 2"))
    progress.trust("pack")
    again = Progress(tmp_path / "state" / "p.sqlite3")  # the first has not been closed: as after a kill
    assert again.place("one") == Place(4, 9, 20)
    assert again.predictions("one") == {"a": ("11", True), "b": ("", None)}
    assert again.work("one") == Work(True, 3, "x = 2")
    assert again.trusts("pack")
    assert not again.trusts("another")
    assert stat.S_IMODE(os.stat(tmp_path / "state").st_mode) == 0o700


def test_forget_and_reset(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "p.sqlite3")
    for name in ("one", "two"):
        progress.stand(name, 1, 2)
        progress.predicted(name, "a", "1", False)
    progress.forget("one")
    assert progress.place("one") is None
    assert progress.predictions("one") == {}
    assert progress.place("two") is not None
    progress.reset()
    assert progress.place("two") is None


def test_export_and_import(tmp_path: Path) -> None:
    one, two = Progress(tmp_path / "a.sqlite3"), Progress(tmp_path / "b.sqlite3")
    one.stand("one", 3, 9)
    one.predicted("one", "a", "7", True)
    assert two.take_in(one.export()) == 2
    assert two.export() == one.export()
    for wrong in ("", "[]", "{}", '{"tutor_tui_progress": 99}', '{"tutor_tui_progress": 1, "place": [3]}'):
        with pytest.raises(LessonError):
            two.take_in(wrong)
    assert two.place("one") == Place(3, 3, 9)


def test_nothing_is_taken_in_where_nothing_can_be_kept(tmp_path: Path) -> None:
    exported = Progress(tmp_path / "a.sqlite3").export()
    (tmp_path / "file").write_text("")
    nowhere = Progress(tmp_path / "file" / "p.sqlite3")
    with pytest.raises(LessonError, match="not saved"):
        nowhere.take_in(exported)


def test_a_damaged_file_where_none_can_be_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "p.sqlite3"
    file.write_bytes(b"this is no database" * 100)

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "no rights", str(self))

    monkeypatch.setattr(Path, "rename", refuse)
    progress = Progress(file)
    assert "Progress is not saved" in progress.problem
    assert file.read_bytes() == b"this is no database" * 100


def test_a_table_that_goes_away_while_it_is_open(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "p.sqlite3")
    sqlite3.connect(tmp_path / "p.sqlite3").execute("DROP TABLE place")
    assert progress.place("one") is None
    assert "Progress cannot be read" in progress.problem


def test_two_sessions_at_once(tmp_path: Path) -> None:
    one, two = Progress(tmp_path / "p.sqlite3"), Progress(tmp_path / "p.sqlite3")
    for n in range(50):
        one.stand("one", n, 50)
        two.stand("two", n, 50)
    assert (one.problem, two.problem) == ("", "")
    assert one.place("two") == two.place("two") == Place(49, 49, 50)


def test_a_damaged_file_is_set_aside(tmp_path: Path) -> None:
    file = tmp_path / "p.sqlite3"
    file.write_bytes(b"this is no database" * 100)
    progress = Progress(file)
    assert "kept as" in progress.problem
    (aside,) = tmp_path.glob("*.damaged-*")
    assert aside.read_bytes() == b"this is no database" * 100
    progress.stand("one", 1, 2)
    assert Progress(file).place("one") == Place(1, 1, 2)


def test_a_file_damaged_while_it_is_open(tmp_path: Path) -> None:
    file = tmp_path / "p.sqlite3"
    progress = Progress(file)
    progress.stand("one", 1, 2)
    progress.close()
    whole = file.read_bytes()
    file.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    progress = Progress(file)
    progress.stand("one", 1, 2)
    assert progress.problem
    assert list(tmp_path.glob("*.damaged-*"))


def test_a_place_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    progress = Progress(tmp_path / "file" / "p.sqlite3")  # its folder is a file: holds for root as well
    assert "not saved" in progress.problem
    progress.stand("one", 1, 2)
    progress.predicted("one", "a", "1", True)
    assert progress.place("one") is None
    assert progress.predictions("one") == {}


def test_a_full_disk(tmp_path: Path) -> None:
    """The file may not grow, which SQLite meets as it meets a full disk."""
    program = f"""
import resource, signal, sys
from pathlib import Path
from tutor_tui.lessons.progress import Progress, Work
progress = Progress(Path({str(tmp_path / "p.sqlite3")!r}))
progress.stand("one", 1, 2)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
for n in range(400):
    progress.worked(f"lesson {{n}}", Work(False, 0, "x" * 900))
print(progress.problem)
print(progress.place("one"))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Progress is not saved" in done.stdout
    assert "Place(step=1" in done.stdout
    assert sqlite3.connect(tmp_path / "p.sqlite3").execute("SELECT step FROM place").fetchall() == [(1,)]


def test_learn_alone_goes_on_where_one_left_off(new_person: None) -> None:
    with Terminal(*PROGRAM, "learn", env=dict(os.environ)) as terminal:
        terminal.wait("From NumPy|from NumPy|np.array")
    with Terminal(*PROGRAM, "learn", "neuron", env=dict(os.environ)) as terminal:
        terminal.wait("recorded")
        terminal.press("right", "right")
    with Terminal(*PROGRAM, "learn", env=dict(os.environ)) as terminal:
        terminal.wait("recorded")
        assert "weights = np.array" in terminal.text
