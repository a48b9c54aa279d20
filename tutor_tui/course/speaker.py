"""A lesson's notes in sentences alone: for people who listen, and programs that read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tutor_tui.course.answers import question
from tutor_tui.course.plan import Plan
from tutor_tui.protocol.messages import Evaluated, Line
from tutor_tui.text.markdown import Drawing, Paragraph, Part, Table, blocks
from tutor_tui.text.markdown import Line as Words
from tutor_tui.text.safe import safe
from tutor_tui.trace.look.dead import dead
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.spoken import loss_lines, state_lines, step_lines


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

    def asked(self, index: int) -> Iterator[str]:
        """The questions about the line that a stop is the first to reach: before what it makes is told."""
        line = self._trace.main(index)
        if not isinstance(line, Line) or line.file != str(self._plan.lesson.code):
            return
        for predict in self._plan.lesson.predicts:
            first = self._trace.lines.times_run(line.file, line.line, line.seq)[0] == 1
            if self._plan.line(predict) == line.line and first:
                yield safe(f"Question: {question(predict)}")

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
        if step is self._trace.evaluated.first(step.line):
            for predict in lesson.predicts:
                answer = self._plan.answer(predict, self._trace) if predict.line == step.line else None
                if answer is not None:
                    yield safe(f"Answer: {answer.text}. {predict.because}".strip())
        for note in lesson.notes:
            if note.line == step.line:
                yield f"Note on line {note.line}, {note.code}"
                yield from spoken(self._plan.parts(note, step))


def all_of(trace: Trace, speaker: Speaker | None) -> Iterator[Iterator[str]]:
    """Every step in which there is something to see, then the end, with a lesson's words where they belong."""
    if speaker is not None:
        yield speaker.opening()
    for index in range(len(trace)):
        if not dead(trace, index):
            yield step_lines(trace, index)
        if speaker is not None:
            yield speaker.asked(index)
            yield speaker.at(index)
    yield iter(["At the end:"])
    yield state_lines(trace, len(trace) - 1)
    yield loss_lines(trace)
    if speaker is not None:
        yield speaker.closing()


def spoken(text: str | Iterable[Part]) -> Iterator[str]:
    """Markdown as lines of sentences: a table row names its columns; what is drawn is left out."""
    for block in blocks([(text, False)] if isinstance(text, str) else text):
        match block:
            case Drawing():
                yield "(A drawing, on the screen only.)"
            case Table(head=head, rows=rows):
                names = [_text(cell) for cell in head]
                for row in rows:
                    first, *rest = map(_text, row)
                    named = zip(names[1:], rest, strict=False)
                    told = "; ".join(f"{name} {cell}" if name else cell for name, cell in named)
                    whose = f"{names[0]} {first}" if names[0] else first
                    yield safe(f"{whose}: {told}.")
            case Paragraph(line=line, marker=marker):
                yield safe(marker + _text(line))


def _text(line: Words) -> str:
    return " ".join("".join(span.text for span in line).split())
