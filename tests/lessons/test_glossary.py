"""The glossary of a pack: entries in notes, and signatures held against the installed libraries."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor_tui.course.check import check, check_glossary
from tutor_tui.course.runner import Runner
from tutor_tui.errors import LessonError
from tutor_tui.lessons.catalog import CONTENT
from tutor_tui.lessons.glossary import look_up, read_glossary
from tutor_tui.lessons.loader import load
from tutor_tui.lessons.scaffold import scaffold


def pack(folder: Path, glossary: str, row: str = "torch.relu") -> Path:
    scaffold(folder / "mine")
    (folder / "glossary.toml").write_text(glossary)
    notes = folder / "mine" / "notes.md"
    notes.write_text(notes.read_text().replace("- given: x, twice.", f"- what: {row}\n- given: x, twice."))
    return folder / "mine"


RELU = '["torch.relu"]\ntext = "keeps what is positive."\n'


def test_an_entry_stands_in_the_note_that_names_it(tmp_path: Path) -> None:
    lesson = load(pack(tmp_path, RELU))
    assert "- what: `torch.relu`: keeps what is positive." in lesson.notes[0].text


def test_an_entry_that_is_missing_is_named_with_its_line(tmp_path: Path) -> None:
    folder = pack(tmp_path, RELU, "torch.gelu")
    line = 1 + (folder / "notes.md").read_text().split("\n").index("- what: torch.gelu")
    with pytest.raises(LessonError, match=rf"notes.md:{line}: the glossary .* has no entry 'torch.gelu'"):
        load(folder)


@pytest.mark.parametrize("broken", ["[x", '["torch.relu"]\nsignature = "relu(input)"\n', "torch = 3\n"])
def test_a_glossary_that_cannot_be_read_is_named(tmp_path: Path, broken: str) -> None:
    folder = pack(tmp_path, broken)
    with pytest.raises(LessonError, match=r"glossary\.toml"):
        load(folder)


def test_signatures_are_those_of_the_installed_torch(tmp_path: Path) -> None:
    wrong = {
        "torch.dot": "torch.dot(input, other_vector)",
        "torch.nn.functional.binary_cross_entropy": "f(input, target, reduction='sum')",
        "torch.nothing_of_the_kind": "torch.nothing_of_the_kind()",
        "torch.sum": "torch.sum(input, dim, keepdim=False)",
        "np.array": "np.array(object, dtype=None)",
    }
    text = "".join(f'["{name}"]\nsignature = "{call}"\ntext = "t"\n' for name, call in wrong.items())
    folder = pack(tmp_path, text, "torch.dot")
    with Runner() as runner:
        found = check_glossary(tmp_path, runner)
        assert check_glossary(CONTENT, runner) == []
        assert check(folder, runner) == []
    assert [line.split("glossary.toml:")[1].split(" ")[0] for line in found] == ["1:", "4:", "7:"]
    assert "other_vector" in found[0]
    assert "there is no torch.nothing_of_the_kind" in found[2]


def test_a_method_is_found_as_a_function_and_the_other_way() -> None:
    glossary = read_glossary(CONTENT)
    assert look_up(glossary, "torch.Tensor.sum").name == "torch.sum"
    assert look_up(glossary, "torch.Tensor.clone").name == "torch.Tensor.clone"
    assert look_up(glossary, "torch.fft.rfft") is None
