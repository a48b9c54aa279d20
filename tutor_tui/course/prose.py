"""What an author must not write: numbers that the run should compute, and sentences that hold nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tutor_tui.course.beforehand import HOLE, blocks, with_holes
from tutor_tui.lessons.model import Exercise, Lesson
from tutor_tui.lessons.notes_file import pieces

_CODE = re.compile(r"`[^`\n]*`|```.*?```|https?://\S+", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?![\w.]*\w)")
_LITERAL = re.compile(r"\d+(?:\.\d+)?(?:e[-+]?\d+)?")
_TOLD = re.compile(r"(?:=|\bis|\bgives|\bgave|\bbecomes|\bholds|\bprints|\bequals)\s*$")
_END = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_LONG = 12
"""Characters from which on a statement is an answer and not a word of one."""


def typed_numbers(lesson: Lesson, file: Path) -> Iterator[str]:
    """Numbers in the prose that look like results: what a run computes must be computed by the run.

    Those that stand in the program as literals are inputs, and may be named. Whole numbers below ten are
    words, unless they are told as what something is.
    """
    inputs = set(_LITERAL.findall(lesson.code.read_text(encoding="utf-8")))
    inputs |= {value.lstrip("-") for knob in lesson.knobs for value in knob.values}
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), 1):
        if line.startswith("#"):
            continue
        try:
            prose = "".join(" " if piece.expression else piece.text for piece in pieces(line))
        except ValueError:
            prose = line
        prose = _CODE.sub(" ", prose)
        for match in _NUMBER.finditer(prose):
            text = match[0].lstrip("-−")
            small = len(text) == 1 and not _TOLD.search(prose[: match.start()])
            if not small and text not in inputs:
                yield f"{file}:{number}: {match[0]} is typed by hand: write {{an expression}} that the run computes"


def sentences_of_holes(lesson: Lesson, file: Path) -> Iterator[str]:
    """Sentences of a note that say nothing but what the run computes: nobody knows what the number is of.

    Rows, tables and drawings are not meant: the row's kind says what stands there.
    """
    for note in lesson.notes:
        for block in blocks(with_holes(note.text)):
            if block.startswith(("- ", "|", "```")):
                continue
            for sentence in _END.split(block):
                if HOLE in sentence and not _WORD.search(sentence):
                    said = " ".join(sentence.replace(HOLE, "{…}").split())
                    yield (
                        f"{file}:{note.heading_line}: the note on `{note.code}` has a sentence without a word: "
                        f"{said} Say what it is, or make it a row: - gives: {said}"
                    )


def told_solutions(exercise: Exercise) -> Iterator[str]:
    """Hints that hold a whole statement of the solution: then there is nothing left to find."""
    starter = {line.strip() for line in _lines(exercise.starter)}
    found = [line.strip() for line in _lines(exercise.solution)]
    statements = [
        line
        for line in found
        if line not in starter and len(line) >= _LONG and not line.startswith(("#", "print"))
    ]
    file = exercise.starter.parent / "exercise.toml"
    for number, hint in enumerate(exercise.hints, 1):
        for statement in statements:
            if statement.rstrip(":") in hint:
                yield f"{file}:1: hint {number} gives the solution away: {statement}"


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").split("\n")
