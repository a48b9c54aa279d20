"""The commands about lessons, called as the command line calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tutor_tui.course.commands import check_lessons, list_lessons, new_lesson, show_progress, trusted
from tutor_tui.course.standing import standing
from tutor_tui.errors import LessonError, UsageError
from tutor_tui.lessons.catalog import Catalog, find_lesson
from tutor_tui.lessons.progress import Progress, Work, progress_file
from tutor_tui.lessons.scaffold import scaffold

pytestmark = pytest.mark.usefixtures("new_person")


def call(command: object, *arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, standalone_mode=False)  # type: ignore[arg-type]


def test_the_list_says_how_far_one_is() -> None:
    progress = Progress(progress_file())
    progress.stand("neuron", 4, 10)
    progress.stand("first_gradient", 9, 10)
    progress.worked("first_gradient", Work(True, 0, ""))
    progress.predicted("first_gradient", find_lesson("first_gradient").predicts[0].key, "11", True)
    for predict in find_lesson("gradient_descent").predicts:
        progress.predicted("gradient_descent", predict.key, "1", False)
    progress.close()
    text = call(list_lessons).output
    assert "neuron" in text
    assert "50 % walked" in text
    of = len(find_lesson("first_gradient").predicts)
    assert f"walked to the end, 1 of {of} questions answered" in text
    listed = {e["name"]: e for e in json.loads(call(list_lessons, "--json").output)["lessons"]}
    assert listed["neuron"]["progress"] == {"step": 5, "furthest": 5, "steps": 10}
    assert listed["first_gradient"]["exercise"] is True
    assert listed["first_gradient"]["questions"]["answered"] == 1
    assert listed["first_gradient"]["done"] is False
    assert listed["gradient_descent"]["progress"] is None


def test_a_lesson_is_done_when_its_questions_and_its_exercise_are() -> None:
    lesson = find_lesson("neuron")
    progress = Progress(progress_file())
    progress.stand("neuron", 9, 10)
    assert not standing(lesson, progress).done  # walked to its end
    for predict in lesson.predicts:
        progress.predicted("neuron", predict.key, "", None)  # passed by
    progress.worked("neuron", Work(True, 0, ""))
    assert not standing(lesson, progress).done
    for predict in lesson.predicts:
        progress.predicted("neuron", predict.key, "4", False)
    assert standing(lesson, progress).text == " · done"
    progress.forget("neuron")
    assert standing(lesson, progress).text == ""
    progress.close()


def test_a_new_lesson_says_what_to_do_next(tmp_path: Path) -> None:
    text = call(new_lesson, str(tmp_path / "mine")).output
    assert f"tutor-tui check {tmp_path / 'mine'}" in text
    assert f"--lessons {tmp_path} mine" in text
    assert (tmp_path / "mine" / "lesson.toml").exists()


def test_progress_is_exported_forgotten_and_taken_in(tmp_path: Path) -> None:
    progress = Progress(progress_file())
    progress.stand("neuron", 4, 10)
    progress.stand("first_gradient", 9, 10)
    progress.close()
    out = tmp_path / "out.json"
    assert f"Written: {out}" in call(show_progress, "--export", str(out)).output
    assert "Forgotten: neuron" in call(show_progress, "--forget", "neuron").output
    assert Progress(progress_file()).place("neuron") is None
    assert "All progress forgotten" in call(show_progress, "--reset").output
    assert Progress(progress_file()).place("first_gradient") is None
    assert "2 entries imported" in call(show_progress, "--import", str(out)).output
    assert Progress(progress_file()).place("neuron") is not None
    assert f"Kept in {progress_file()}" in call(show_progress).output


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    nowhere = call(show_progress, "--import", str(tmp_path / "nowhere.json"))
    assert isinstance(nowhere.exception, LessonError)
    assert "nowhere.json: No such file" in str(nowhere.exception)
    unknown = call(show_progress, "--forget", "zebra")
    assert isinstance(unknown.exception, LessonError)


def test_a_pack_is_run_once_a_person_has_agreed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scaffold(tmp_path / "pack" / "own")
    lesson = Catalog([tmp_path / "pack"], installed=False).find("own")
    with pytest.raises(UsageError, match="None of it has been run"):
        trusted(lesson)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", lambda *_, **__: False)
    with pytest.raises(UsageError, match="nothing was run"):
        trusted(lesson)
    monkeypatch.setattr("click.confirm", lambda *_, **__: True)
    assert trusted(lesson) is lesson
    monkeypatch.setattr("click.confirm", lambda *_, **__: pytest.fail("asked twice"))
    assert trusted(lesson) is lesson
    built_in = Catalog(installed=False).find("neuron")
    assert trusted(built_in) is built_in


def test_a_folder_is_checked_lesson_by_lesson(tmp_path: Path) -> None:
    for name in ("good", "wrong"):
        scaffold(tmp_path / name)
    notes = tmp_path / "wrong" / "notes.md"
    notes.write_text(notes.read_text().replace("y is {y}", "y is {nonsense}"))
    toml = tmp_path / "wrong" / "lesson.toml"
    answer = 'kind = "choice"\nchoices = ["up", "down"]'
    toml.write_text(toml.read_text().replace('kind = "number"', answer))
    found = call(check_lessons, str(tmp_path))
    assert "good: ok" in found.output
    assert "notes.md:7: {nonsense} raises NameError" in found.output
    assert "is not one of its choices" in found.output
    assert "1 of 2 lessons need fixing." in found.output
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "neither a lesson" in str(call(check_lessons, str(empty)).exception)
    assert "good: ok" in call(check_lessons, str(tmp_path / "good")).output
