"""What a lesson wants to know of its run, and where in the record the answers are."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from tutor_tui.client.target import Target
from tutor_tui.course.beforehand import beforehand
from tutor_tui.lessons.model import Lesson, Note, Predict
from tutor_tui.lessons.notes_file import pieces
from tutor_tui.protocol.limits import MAX_STEPS
from tutor_tui.protocol.messages import Evaluated, LineExpressions, Result
from tutor_tui.text.markdown import Part
from tutor_tui.trace.record.trace import Trace

WRONG = "(not computable: {})"


class Plan:
    """What a lesson evaluates: the notes' expressions, then the questions' answers, line by line."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self._expressions: dict[int, LineExpressions] = {}
        self._places: dict[object, tuple[int, int, int]] = {}
        self._lines: dict[int, int] = {}
        items: list[Note | Predict] = [*lesson.notes, *lesson.predicts]
        for item in items:
            wanted = item.expressions if isinstance(item, Note) else (item.answer,)
            wanted_at = self._expressions.setdefault(item.line, LineExpressions(item.line, item.end_line, []))
            start = len(wanted_at.expressions)
            wanted_at.expressions.extend(wanted)
            self._places[item] = (item.line, start, start + len(wanted))
            self._lines[item.line] = item.line

    def target(self, device: str = "", max_steps: int = 0, source: str | None = None) -> Target:
        """The lesson's program with its expressions; the CPU unless asked otherwise."""
        steps = max_steps or self.lesson.max_steps or MAX_STEPS
        self._lines = (
            self._moved(source) if source is not None else {line: line for line in self._expressions}
        )
        return Target(
            str(self.lesson.code),
            device=device or "cpu",
            max_steps=steps,
            detail=self.lesson.detail,
            source=source,
            expressions=tuple(
                LineExpressions(
                    new, new + self._expressions[old].end_line - old, self._expressions[old].expressions
                )
                for old, new in self._lines.items()
            ),
        )

    def _moved(self, source: str) -> dict[int, int]:
        """Where an edited program has the lines that have expressions; those that it has no more are left out."""
        old = self.lesson.code.read_text(encoding="utf-8").split("\n")
        new = source.split("\n")
        if len(old) == len(new):
            return {line: line for line in self._expressions}
        same = difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        moved = {a + n + 1: b + n + 1 for a, b, size in same for n in range(size)}
        return {line: moved[line] for line in self._expressions if line in moved}

    def line(self, item: Note | Predict) -> int:
        """Where the line of a note or question stands in the program that runs; 0 where it is gone."""
        return self._lines.get(item.line, 0)

    def evaluated(self, item: Note | Predict, trace: Trace, moment: int | None = None) -> Evaluated | None:
        """The evaluation of an item's line: up to a moment the last one, else the first of the record."""
        line = self.line(item)
        if not line:
            return None
        return trace.evaluated.first(line) if moment is None else trace.evaluated.at(line, moment)

    def results(self, item: Note | Predict, found: Evaluated | None) -> list[Result] | None:
        """What a note's expressions, or a question's answer, came to; None where the line has not run."""
        _, start, end = self._places[item]
        return found.results[start:end] if found is not None and len(found.results) >= end else None

    def parts(self, note: Note, found: Evaluated | None) -> list[Part]:
        """A note's Markdown in parts, and whether each was computed by the run."""
        return list(filled(note.text, self.results(note, found)))

    def note(self, note: Note, found: Evaluated | None) -> str:
        """A note with the values in their places."""
        return fill(note.text, self.results(note, found))

    def answer(self, predict: Predict, trace: Trace) -> Result | None:
        """What a question's line came to when it first ran."""
        found = self.results(predict, self.evaluated(predict, trace))
        return found[0] if found else None


def fill(text: str, results: list[Result] | None) -> str:
    """A text with results in the places of its expressions."""
    return "".join(part for part, _ in filled(text, results))


def filled(text: str, results: list[Result] | None) -> Iterator[Part]:
    """The parts of a text, and whether each was computed. Of a line that has not run, what is known beforehand."""
    if results is None:
        yield beforehand(text), False
        return
    number = 0
    for piece in pieces(text):
        if not piece.expression:
            yield piece.text, False
            continue
        result = results[number]
        yield (WRONG.format(result.error) if result.error else result.text), True
        number += 1
