"""`tutor-tui check` finds what is wrong with a lesson, and where. A pack that is broken in one way for each rule."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tutor_tui.course.check import check
from tutor_tui.course.commands import check_lessons
from tutor_tui.course.runner import Runner
from tutor_tui.lessons.scaffold import scaffold


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as found:
        yield found


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1, (old, text.count(old))
    file.write_text(text.replace(old, new))


def test_a_new_lesson_is_sound(tmp_path: Path, runner: Runner) -> None:
    scaffold(tmp_path / "mine")
    assert check(tmp_path / "mine", runner) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "notes.md",
            "## `y.backward()`",
            "## `z.backward()`",
            "notes.md:13: the program has no line `z.backward()`",
        ),
        ("notes.md", "y is {y}", "y is {nonsense}", "notes.md:7: {nonsense} raises NameError"),
        ("notes.md", "The slope is {x.grad}.", "The slope is 6.0.", "notes.md:15: 6.0 is typed by hand"),
        ("notes.md", "y is {y}", "y is 9", "notes.md:7: 9 is typed by hand"),
        ("notes.md", "y is {y}", "y is {y", "notes.md:7: the brace before"),
        ("lesson.toml", 'answer = "x.grad"', "", "lesson.toml:15: question 1 has no 'answer'"),
        ("lesson.toml", 'answer = "x.grad"', 'answer = "nobody"', "lesson.toml:19: the question"),
        ("lesson.toml", 'answer = "x.grad"', 'answer = "nobody"', "has no answer: NameError"),
        ("lesson.toml", "minutes = 5", 'minutes = 5\nlandscape = ["v"]', "depends on no v. It depends on: x"),
        (
            "lesson.toml",
            "minutes = 5",
            'minutes = 5\nlabel = [{ names = ["q"], rows = ["a"] }]',
            "the program has no tensor called q",
        ),
        (
            "lesson.toml",
            "minutes = 5",
            'minutes = 5\nlabel = [{ names = ["x"], rows = ["a"] }]',
            "the labels fit no shape that x has",
        ),
        ("lesson.toml", "order = ", "ordre = ", "lesson.toml:4: there is no 'ordre' here"),
        ("lesson.toml", "minutes = 5", 'minutes = "five"', "minutes must be a whole number, not 'five'"),
        ("exercise/exercise.toml", "hints = ", "hintz = ", "there is no 'hintz' here"),
        ("lesson.toml", 'kind = "number"', 'kind = "choice"', "a choice needs two or more choices"),
        ("lesson.toml", 'at = "y.backward()"', 'at = "q()"', "the program has no line `q()`"),
        ("lesson.toml", 'literal = "3.0"', 'literal = "4.0"', "4.0 must be in its line"),
        ("lesson.toml", "format_version = 1", "format_version = 7", "format_version must be 1"),
        ("lesson.toml", 'title = "A lesson of my own"', "", "missing or malformed: 'title'"),
        ("lesson.toml", 'values = ["1.0", "2.0", "3.0"]', 'values = ["3.0", "boom"]', "boom"),
        ("code.py", "y = x * x", "y = x *", "code.py:4: invalid syntax"),
        ("code.py", "print(x.grad)", "print(1 / 0)", "code.py:6: ZeroDivisionError"),
        ("code.py", "y = x * x\ny.backward()", "if x < 0:\n    y = x * x\n    y.backward()", "never runs"),
        (
            "exercise/solution.py",
            "z = x * x * x",
            "z = x * x",
            "solution.py:1: the solution fails: z is the cube",
        ),
        (
            "exercise/starter.py",
            "z = x\n",
            "z = x * x * x\nz.backward()\n",
            "starter.py:1: the starter already passes",
        ),
        ("exercise/exercise.toml", "task = ", "tusk = ", "there is no 'tusk' here"),
        (
            "exercise/exercise.toml",
            '"A cube is three factors of x."',
            '"Write z = x * x * x."',
            "hint 1 gives the solution away: z = x * x * x",
        ),
        (
            "notes.md",
            "The slope is {x.grad}.",
            "{x}: {x.grad}.",
            "notes.md:13: the note on `y.backward()` has a sentence without a word: {…}: {…}.",
        ),
        ("exercise/exercise.toml", 'task = "', 'task = "" # "', "an exercise needs a task"),
    ],
    ids=lambda value: value[:24].strip() if isinstance(value, str) else None,
)
def test_each_rule_is_held(tmp_path: Path, runner: Runner, file: str, old: str, new: str, said: str) -> None:
    folder = tmp_path / "broken"
    scaffold(folder)
    change(folder / file, old, new)
    found = check(folder, runner)
    assert any(said in problem for problem in found), found


def test_what_the_lessons_must_teach_stands_beside_them(tmp_path: Path) -> None:
    def checked(path: Path, *options: str) -> tuple[int, str]:
        called = CliRunner().invoke(check_lessons, [str(path), *options])
        return called.exit_code, called.output

    scaffold(tmp_path / "one")
    scaffold(tmp_path / "two")
    table = tmp_path / "elements.tsv"
    table.write_text("E1\tone\tThe slope is 6.\nE2\ttwo\tstarts the note\n")
    assert checked(tmp_path) == (0, "one: ok\ntwo: ok\n")
    table.write_text("E1\tone\tThe slope is 7.\nE2\tthree\tbegins\nE3\ttwo\twhole numbers\n")
    status, said = checked(tmp_path)
    assert status == 1
    assert f"{table}:1: E1: one does not say: The slope is 7." in said
    assert f"{table}:2: E2: there is no lesson three" in said
    assert f"{table}:3: E3: two does not say: whole numbers" in said
    assert checked(tmp_path / "two")[1].count("does not say") == 1
    other = tmp_path / "other.tsv"
    other.write_text("E1 one The slope is 6.\n")
    assert "other.tsv:1: a row is a number" in checked(tmp_path, "--elements", str(other))[1]
    assert "nowhere.tsv: No such file" in checked(tmp_path, "--elements", str(tmp_path / "nowhere.tsv"))[1]


def test_from_the_command_line(tmp_path: Path) -> None:
    def tutor(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "tutor_tui", *arguments], capture_output=True, text=True)

    assert tutor("new", str(tmp_path / "pack" / "one")).returncode == 0
    assert tutor("new", str(tmp_path / "pack" / "one")).returncode == 2
    good = tutor("check", str(tmp_path / "pack"))
    assert (good.returncode, good.stdout) == (0, "one: ok\n")
    change(tmp_path / "pack" / "one" / "notes.md", "y is {y}", "y is {nonsense}")
    bad = tutor("check", str(tmp_path / "pack" / "one"))
    assert bad.returncode == 1
    assert "notes.md:7" in bad.stdout
    assert tutor("check", str(tmp_path / "nothing")).returncode == 2
