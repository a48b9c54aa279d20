"""A lesson's notes in sentences alone: for people who listen, and programs that read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutor_tui.course.answers import question
from tutor_tui.course.plan import Plan
from tutor_tui.protocol.messages import Evaluated
from tutor_tui.text.safe import safe
from tutor_tui.trace.record.trace import Trace

_RULE = re.compile(r"^\|[\s:|-]+\|$")


class Speaker:
    """Tells what a lesson says beside a record of its run."""

    def __init__(self, plan: Plan, trace: Trace) -> None:
        self._plan = plan
        self._trace = trace

    def opening(self) -> Iterator[str]:
        """What the lesson is about."""
        lesson = self._plan.lesson
        yield f"Lesson: {lesson.title}. {lesson.summary}"
        yield from spoken(lesson.opening)

    def at(self, index: int) -> Iterator[str]:
        """The notes of the lines that have run at a stop: of a line in a loop the first time and the last."""
        stop = self._trace.stop(index)
        for step in self._trace.steps[stop.first : stop.last + 1]:
            if not isinstance(step, Evaluated):
                continue
            lines = self._trace.evaluated
            if step is lines.first(step.line) or step is lines.last(step.line):
                yield from self._notes(step)

    def closing(self) -> Iterator[str]:
        """The reference tables, and the exercise."""
        lesson = self._plan.lesson
        for table in lesson.tables:
            yield f"{table.title}."
            yield from spoken(table.text)
        if lesson.exercise is not None:
            yield "Exercise."
            yield from spoken(lesson.exercise.task)

    def _notes(self, step: Evaluated) -> Iterator[str]:
        lesson = self._plan.lesson
        for note in lesson.notes:
            if note.line == step.line:
                yield f"Note on line {note.line}, {note.code}"
                yield from spoken(self._plan.note(note, step))
        if step is self._trace.evaluated.first(step.line):
            for predict in lesson.predicts:
                answer = self._plan.answer(predict, self._trace) if predict.line == step.line else None
                if answer is not None:
                    yield safe(
                        f"Question: {question(predict)} Answer: {answer.text}. {predict.because}".strip()
                    )


def spoken(markdown: str) -> Iterator[str]:
    """Markdown as lines of sentences: a table row names its columns; what is drawn is left out."""
    columns: list[str] = []
    paragraph: list[str] = []
    drawn = False
    for line in [*markdown.split("\n"), ""]:
        if line.startswith("```"):
            drawn = not drawn
            if drawn:
                yield "(A drawing in characters.)"
            continue
        text = line.strip()
        if drawn:
            continue
        if text.startswith("|"):
            cells = [cell.strip().replace("`", "") for cell in text.strip("|").split("|")]
            if _RULE.match(text):
                continue
            if not columns:
                columns = cells
                continue
            first, *rest = cells
            named = zip(columns[1:], rest, strict=False)
            yield safe(f"{first}: {'; '.join(f'{name} {cell}' if name else cell for name, cell in named)}.")
            continue
        columns = []
        if text:
            paragraph.append(text.replace("`", ""))
        elif paragraph:
            yield safe(" ".join(paragraph))
            paragraph = []
