"""Lessons by name, from the built-in ones, folders and installed packs; and files that cannot be read."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from tutor_tui.errors import LessonError
from tutor_tui.lessons.catalog import CONTENT, Catalog, _folder, find_lesson
from tutor_tui.lessons.loader import load, read_toml
from tutor_tui.lessons.scaffold import scaffold
from tutor_tui.lessons.toml_lines import line_of


def test_a_lesson_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(LessonError, match="did you mean first_gradient"):
        find_lesson("frist_gradient")
    with pytest.raises(LessonError, match="choose from: numpy_to_pytorch, "):
        find_lesson("zebra")
    for name in ("", ".", "..", f"../content/{CONTENT.name}"):
        with pytest.raises(LessonError):
            find_lesson(name)


def test_of_two_lessons_with_one_name_the_built_in_one_counts(tmp_path: Path) -> None:
    scaffold(tmp_path / "neuron")
    scaffold(tmp_path / "own")
    catalog = Catalog([tmp_path, tmp_path / "nowhere"], installed=False)
    found = {lesson.name: lesson for lesson in catalog.lessons()}
    assert found["neuron"].pack == ""
    assert found["own"].pack == f"the folder {tmp_path}"
    assert catalog.problems == [f"{tmp_path / 'nowhere'} is not a folder of lessons"]


def test_an_installed_pack_is_offered_by_its_distribution(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scaffold(tmp_path / "some_pack" / "lessons" / "own")
    scaffold(tmp_path / "some_pack" / "lessons" / "broken")
    (tmp_path / "some_pack" / "lessons" / "broken" / "lesson.toml").write_text("format_version = 9")
    info = tmp_path / "some_pack-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-pack\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[tutor_tui.lessons]\npack = some_pack.lessons\nnothing = some_pack.nothing\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    catalog = Catalog()
    (own,) = [lesson for lesson in catalog.lessons() if lesson.pack == "the installed package some-pack"]
    assert own.name == "own"
    assert len(catalog.problems) == 1
    assert "format_version must be 1" in catalog.problems[0]


def test_a_pack_is_found_by_its_name_where_its_files_are_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an editable install does it: the distribution's own folder does not hold the files."""
    (tmp_path / "elsewhere_pack" / "lessons").mkdir(parents=True)
    (tmp_path / "elsewhere_pack" / "__init__.py").write_text("raise RuntimeError('imported')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = _folder(metadata.EntryPoint("p", "elsewhere_pack.lessons", "tutor_tui.lessons"))
    assert found == tmp_path / "elsewhere_pack" / "lessons"
    assert _folder(metadata.EntryPoint("p", "elsewhere_pack.nothing", "tutor_tui.lessons")) is None
    assert _folder(metadata.EntryPoint("p", "no_such_pack.lessons", "tutor_tui.lessons")) is None


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match=r"nowhere\.toml: No such file"):
        read_toml(tmp_path / "nowhere.toml")
    (tmp_path / "bad.toml").write_text("a = 1\nb = = 2\n")
    with pytest.raises(LessonError, match=r"bad\.toml:2: "):
        read_toml(tmp_path / "bad.toml")
    (tmp_path / "bytes.toml").write_bytes(b"a = '\xff'\n")
    with pytest.raises(LessonError, match=r"bytes\.toml:1: "):
        read_toml(tmp_path / "bytes.toml")


@pytest.mark.parametrize(
    ("file", "said"),
    [("code.py", "the lesson has no program"), ("exercise/solution.py", "the exercise needs this file")],
)
def test_a_file_that_a_lesson_needs(tmp_path: Path, file: str, said: str) -> None:
    scaffold(tmp_path / "mine")
    (tmp_path / "mine" / file).unlink()
    with pytest.raises(LessonError, match=said):
        load(tmp_path / "mine")


def test_a_program_that_is_no_text(tmp_path: Path) -> None:
    scaffold(tmp_path / "mine")
    (tmp_path / "mine" / "code.py").write_bytes(b"x = '\xff'\n")
    with pytest.raises(LessonError, match=r"code\.py: "):
        load(tmp_path / "mine")


def test_a_kind_of_question_that_there_is_not(tmp_path: Path) -> None:
    scaffold(tmp_path / "mine")
    toml = tmp_path / "mine" / "lesson.toml"
    toml.write_text(toml.read_text().replace('kind = "number"', 'kind = "riddle"'))
    with pytest.raises(LessonError, match=r"kind must be one of .*, is 'riddle'"):
        load(tmp_path / "mine")


def test_a_lesson_needs_no_exercise(tmp_path: Path) -> None:
    scaffold(tmp_path / "mine")
    (tmp_path / "mine" / "exercise" / "exercise.toml").unlink()
    assert load(tmp_path / "mine").exercise is None


def test_nothing_is_written_over(tmp_path: Path) -> None:
    scaffold(tmp_path / "mine")
    with pytest.raises(LessonError, match="mine"):
        scaffold(tmp_path / "mine")


def test_the_line_of_a_key(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text('title = "x"\n\n[[knob]]\nname = "a"\n[[knob]]\n"name" = "b"\n')
    assert line_of(file, "title") == 1
    assert line_of(file, "name", "knob", 2) == 6
    assert line_of(file, "values", "knob", 2) == 5
    assert line_of(file, "name") == 1
    assert line_of(tmp_path / "nowhere.toml", "title") == 1


@pytest.mark.parametrize(
    ("line", "curve", "compared", "detail"),
    [
        ("curve = true", True, (), 0),
        ("curve = false\ndetail = 4", False, (), 4),
        ('curve = ["loss", "other"]', True, ("loss", "other"), 0),
    ],
)
def test_a_lesson_says_which_curves_it_shows_and_how_much_is_recorded(
    tmp_path: Path, line: str, curve: bool, compared: tuple[str, ...], detail: int
) -> None:
    scaffold(tmp_path / "own")
    file = tmp_path / "own" / "lesson.toml"
    kept = [text for text in file.read_text().split("\n") if not text.startswith("curve")]
    file.write_text("\n".join([kept[0], line, *kept[1:]]))
    lesson = load(tmp_path / "own")
    assert (lesson.curve, lesson.compared, lesson.detail) == (curve, compared, detail)
    file.write_text(file.read_text().replace(line.split("\n")[0], 'curve = "loss"'))
    with pytest.raises(LessonError, match="curve must be true, false or a list of names, not 'loss'"):
        load(tmp_path / "own")
