"""`tutor-tui check`: whether a lesson keeps what it promises, by running it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tutor_tui.course import exercises
from tutor_tui.course.elements import TABLE, read_elements, told, untaught
from tutor_tui.course.plan import Plan
from tutor_tui.course.prose import sentences_of_holes, told_solutions, typed_numbers
from tutor_tui.course.runner import Runner
from tutor_tui.course.signatures import wrong_signatures
from tutor_tui.errors import LessonError
from tutor_tui.lessons.glossary import read_glossary
from tutor_tui.lessons.loader import load
from tutor_tui.lessons.model import Labels, Lesson
from tutor_tui.lessons.toml_lines import line_of
from tutor_tui.protocol.messages import Bind
from tutor_tui.trace.look.landscape import named
from tutor_tui.trace.record.trace import Trace


def folders(path: Path) -> list[Path]:
    """A lesson's folder itself, or the lessons in a folder; `LessonError` where there is none."""
    if (path / "lesson.toml").exists():
        return [path]
    found = sorted(f.parent for f in path.glob("*/lesson.toml")) if path.is_dir() else []
    if not found:
        raise LessonError(f"{path}: neither a lesson (no lesson.toml) nor a folder of lessons")
    return found


def check_glossary(path: Path, runner: Runner) -> list[str]:
    """What is wrong with the glossary of a folder of lessons, or of the one that a lesson lies in."""
    folder = path.parent if (path / "lesson.toml").exists() else path
    try:
        entries = read_glossary(folder)
    except LessonError as error:
        return [str(error)]
    return wrong_signatures(folder, entries.values(), runner) if entries else []


def check_elements(path: Path, texts: dict[str, str], table: Path | None = None) -> list[str]:
    """What the lessons do not teach of a table of facts; without one, of that beside them, if there is one.

    A lesson that was checked alone is held against its own facts.
    """
    alone = (path / "lesson.toml").exists()
    file = table or (path.parent if alone else path) / TABLE
    if table is None and not file.exists():
        return []
    try:
        elements = read_elements(file)
    except OSError as error:
        return [f"{file}: {error.strerror}"]
    except LessonError as error:
        return [str(error)]
    return [*untaught(file, [e for e in elements if not alone or e.lesson == path.name], texts)]


def check(folder: Path, runner: Runner, texts: dict[str, str] | None = None) -> list[str]:
    """Everything that is wrong with a lesson, each with its file and line; its programs are run for it.

    What is told of it is put into `texts`, by its name.
    """
    try:
        lesson = load(folder)
    except LessonError as error:
        return [str(error)]
    notes = folder / "notes.md"
    if notes.exists():
        found = [*typed_numbers(lesson, notes), *sentences_of_holes(lesson, notes)]
    else:
        found = [f"{notes}:1: the lesson has no notes"]
    plan = Plan(lesson)
    trace = runner.run(plan.target())
    found += _broken(lesson, trace)
    if texts is not None:
        texts[lesson.name] = told(plan, trace)
    source = lesson.code.read_text(encoding="utf-8")
    for knob in lesson.knobs:
        for value in knob.values:
            turned = runner.run(Plan(lesson).target(source=knob.turn(source, value)))
            found += [
                f"{text} (knob {knob.name} at {value})"
                for text in _broken(lesson, turned)
                if text not in found
            ]
    return [*found, *_exercise(lesson, runner)]


def _broken(lesson: Lesson, trace: Trace) -> Iterator[str]:
    """What does not work in a run: the program itself, expressions that raise, questions without an answer."""
    if trace.failure is not None:
        place = trace.sources.innermost(trace.failure.frames)
        at = place.line if place is not None else 0
        yield f"{lesson.code}:{at}: {trace.failure.type}: {trace.failure.message}"
        return
    yield from _looks(lesson, trace)
    plan = Plan(lesson)
    notes = lesson.code.parent / "notes.md"
    for note in lesson.notes:
        results = plan.results(note, trace.evaluated.last(note.line))
        if results is None:
            yield f"{notes}:{note.heading_line}: the line `{note.code}` never runs"
            continue
        for expression, result in zip(note.expressions, results, strict=True):
            if result.error:
                at = _line_of(notes, expression, note.heading_line)
                yield f"{notes}:{at}: {{{expression}}} raises {result.error}"
    toml = lesson.code.parent / "lesson.toml"
    for number, predict in enumerate(lesson.predicts, 1):
        where = f"{toml}:{line_of(toml, 'answer', 'predict', number)}"
        answer = plan.answer(predict, trace)
        what = "its line never runs" if answer is None else answer.error
        if what:
            yield f"{where}: the question {predict.ask!r} has no answer: {what}"
        elif answer is not None and predict.kind == "choice" and answer.text not in predict.choices:
            yield (
                f"{where}: the question {predict.ask!r} has no answer: {answer.text!r} is not one of its choices"
            )


def _looks(lesson: Lesson, trace: Trace) -> Iterator[str]:
    """Names in the description that the program does not have, or labels that fit none of its tensors."""
    toml = lesson.code.parent / "lesson.toml"
    if lesson.landscape:
        try:
            named(trace, trace.passes.number(trace.moment(len(trace) - 1)), ", ".join(lesson.landscape))
        except ValueError as error:
            yield f"{toml}:{line_of(toml, 'landscape')}: {error}"
    for number, labels in enumerate(lesson.labels, 1):
        where = f"{toml}:{line_of(toml, 'names', 'label', number)}"
        for name in sorted(labels.names):
            shapes = set(_shapes(trace, name))
            if not shapes:
                yield f"{where}: the program has no tensor called {name}"
            elif not any(_fit(labels, shape) for shape in shapes):
                yield f"{where}: the labels fit no shape that {name} has"


def _shapes(trace: Trace, name: str) -> Iterator[tuple[int, ...]]:
    """The shapes of all tensors that have had a name, and with `.grad` behind it those of their gradients."""
    owner = name.removesuffix(".grad")
    yield from (
        tuple(step.preview.shape)
        for step in trace.steps
        if isinstance(step, Bind) and step.name == owner and step.preview is not None
    )


def _fit(labels: Labels, shape: tuple[int, ...]) -> bool:
    counts = (len(labels.rows), len(labels.columns))
    return len(shape) == 2 and all(
        not count or count == size for count, size in zip(counts, shape, strict=True)
    )


def _line_of(file: Path, expression: str, after: int) -> int:
    lines = file.read_text(encoding="utf-8").split("\n")
    return next((n for n, line in enumerate(lines, 1) if n >= after and expression in line), after)


def _exercise(lesson: Lesson, runner: Runner) -> Iterator[str]:
    exercise = lesson.exercise
    if exercise is None:
        return
    yield from told_solutions(exercise)
    for path, should in ((exercise.solution, True), (exercise.starter, False)):
        trace = runner.run(exercises.target(exercise, path.read_text(encoding="utf-8")))
        verdicts = exercises.judge(exercise, trace)
        passes = all(verdict.holds for verdict in verdicts)
        if passes and not should:
            yield f"{path}:1: the starter already passes: there is nothing to do"
        elif should and not passes:
            why = "; ".join(v.text for v in verdicts if not v.holds)
            yield f"{path}:1: the solution fails: {why}"
