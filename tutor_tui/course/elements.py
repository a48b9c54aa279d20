"""What a course must teach, fact by fact, held against the text that `show` prints of its lessons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tutor_tui.course.plan import Plan
from tutor_tui.course.speaker import Speaker, all_of
from tutor_tui.errors import LessonError
from tutor_tui.trace.record.trace import Trace

TABLE = "elements.tsv"
"""The name of the table beside the lessons."""


class Element(NamedTuple):
    """A fact: its number, the lesson that teaches it, and words that stand where it does."""

    line: int
    number: str
    lesson: str
    words: str


def read_elements(file: Path) -> list[Element]:
    """The table of a course, a row a fact, with tabs between; `LessonError` for a row that is none."""
    found: list[Element] = []
    for line, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        cells = text.split("\t")
        if len(cells) != 3 or not all(cells):
            raise LessonError(f"{file}:{line}: a row is a number, a lesson and words, tab-separated")
        found.append(Element(line, *cells))
    return found


def told(plan: Plan, trace: Trace) -> str:
    """All that `show` says of a lesson, on one line."""
    return " ".join(" ".join(line for lines in all_of(trace, Speaker(plan, trace)) for line in lines).split())


def untaught(file: Path, elements: list[Element], texts: Mapping[str, str]) -> Iterator[str]:
    """Facts whose words stand nowhere in their lesson's text, or whose lesson is not there."""
    for element in elements:
        if element.lesson not in texts:
            yield f"{file}:{element.line}: {element.number}: there is no lesson {element.lesson}"
        elif element.words not in texts[element.lesson]:
            yield f"{file}:{element.line}: {element.number}: {element.lesson} does not say: {element.words}"
