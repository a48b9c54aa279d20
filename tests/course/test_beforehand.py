"""What a note can say before its line has run."""

from __future__ import annotations

import re

import pytest

from tutor_tui.course.beforehand import beforehand
from tutor_tui.lessons.catalog import lessons


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("A vector: {a}. Its parts are numbers.", "Its parts are numbers."),
        ("Known. It takes {n} bytes, 1.5 times {m}. Also known!", "Known. Also known!"),
        ("{y}", ""),
        (
            "- given: a list.\n- gives: {y}\n- means: read\n  it so.",
            "- given: a list.\n- means: read\n  it so.",
        ),
        ("| a | b |\n|---|---|\n| 1 | {x} |\n| 2 | 3 |", "| a | b |\n|---|---|\n| 2 | 3 |"),
        ("| a |\n|---|\n| {x} |", ""),
        ("Said. The curve:\n\n```\n{curve}\n```\n\nMore.", "Said.\n\nMore."),
        ("Person by person: {each}.", ""),
        ("|{w}| is the norm. It is known.", "It is known."),
        ("```\nfoo\n\n{bar}\n```\n\nMore.", "More."),
        ("Rows:\n- gives: {y}\n- means: so.", "Rows:\n\n- means: so."),
        ("Braces {{}} stay. And {d['a']} goes.", "Braces {} stay."),
    ],
)
def test_what_waits_for_a_number_is_left_out(text: str, kept: str) -> None:
    assert beforehand(text) == kept


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)
def test_every_note_of_the_course_reads_well_beforehand(lesson: object) -> None:
    for note in lesson.notes:  # type: ignore[attr-defined]
        text = beforehand(note.text)
        assert "…" not in text
        assert not re.search(r"(:|,|\bis|\bgives|=)\s*$", text), text
