"""A lesson as it is being studied: where one stands, what was answered, how its knobs are turned."""

from __future__ import annotations

import ast
import math
from typing import NamedTuple

from tutor_tui.client.target import Target
from tutor_tui.course import exercises
from tutor_tui.course.answers import due, judge
from tutor_tui.course.exercises import Verdict
from tutor_tui.course.plan import Plan
from tutor_tui.course.standing import Standing, standing
from tutor_tui.lessons.model import Knob, Note, Predict
from tutor_tui.lessons.progress import Place, Progress, Work
from tutor_tui.protocol.messages import Evaluated, Line
from tutor_tui.text.safe import one_line
from tutor_tui.trace.record.trace import Trace

TOLD, CHANGED, QUESTION = "told", "changed", "question"
"""A note is told; its line was changed, so that it is of another one; or a question about it comes first."""


class NoteNow(NamedTuple):
    """A note at a moment: the line it is of now (0 where that is gone), what runs there, what it came to."""

    number: int
    line: int
    code: str
    here: bool
    state: str
    newest: int
    """The step at which its values came to be, -1 where none have."""
    note: Note
    ran: Evaluated | None


class Study:
    """A lesson, its run's source, and what is saved of it."""

    def __init__(self, plan: Plan, progress: Progress, device: str = "", max_steps: int = 0) -> None:
        self.plan = plan
        self.lesson = plan.lesson
        self.progress = progress
        self._device, self._max_steps = device, max_steps
        self.original = self.lesson.code.read_text(encoding="utf-8")
        self.source = self.original
        self.exercising = False
        """Whether the run on the screen is the exercise's, and not the lesson's."""
        self.edited = False
        """Whether the person has changed the program: where one stands in it is not saved."""
        self.verdicts: list[Verdict] = []
        """What the exercise's check found."""
        self._knob = 0
        self._values = {knob.name: list(knob.values) for knob in self.lesson.knobs}
        """What each knob can be turned to, in order: those of the lesson, and what was typed."""
        self._turned = {knob.name: knob.values.index(knob.literal) for knob in self.lesson.knobs}
        self._asked = {key for key, (given, _) in progress.predictions(self.lesson.name).items() if given}
        self._saved: tuple[int, int] | None = None

    # --- the run

    def target(self) -> Target:
        """What to run now: the lesson's program, as its knobs and the person have made it."""
        source = None if self.source == self.original else self.source
        return self.plan.target(self._device, self._max_steps, source)

    @property
    def knob(self) -> Knob | None:
        """The knob that the keys turn."""
        return self.lesson.knobs[self._knob] if self.lesson.knobs else None

    def knob_value(self) -> str:
        """Where it stands."""
        knob = self.knob
        return self._values[knob.name][self._turned[knob.name]] if knob is not None else ""

    def slider(self) -> tuple[str, list[str], int] | None:
        """The knob's name, all its values, and the number of the one it has; None without a knob."""
        knob = self.knob
        return (knob.name, self._values[knob.name], self._turned[knob.name]) if knob is not None else None

    def other_knob(self) -> None:
        """Turn another one from now on."""
        self._knob = (self._knob + 1) % max(1, len(self.lesson.knobs))

    def turn(self, by: int) -> bool:
        """Turn the knob; False at the end of its range."""
        knob = self.knob
        if knob is None:
            return False
        at = self._turned[knob.name] + by
        if not 0 <= at < len(self._values[knob.name]):
            return False
        self._turn_to(knob, at)
        return True

    def set_knob(self, typed: str) -> str:
        """Turn the knob to a value that somebody typed; why that cannot be, or ""."""
        knob, text = self.knob, typed.strip()
        if knob is None:
            return "There is no knob here."
        values = self._values[knob.name]
        if text not in values:
            problem = _unlike(knob.literal, text)
            if problem:
                return f"{knob.name} cannot be {one_line(text, 40)}: {problem}."
            text = repr(ast.literal_eval(text))
        if text not in values:
            now = values[self._turned[knob.name]]
            values.append(text)
            values.sort(key=_number)
            self._turned[knob.name] = values.index(now)
        self._turn_to(knob, values.index(text))
        return ""

    def _turn_to(self, knob: Knob, at: int) -> None:
        self._turned[knob.name] = at
        self.source, self.edited = self.original, False
        for each in self.lesson.knobs:
            self.source = each.turn(self.source, self._values[each.name][self._turned[each.name]])

    def edit(self, source: str) -> None:
        """The person's own version."""
        self.source, self.edited = source, source != self.original

    def reset(self) -> None:
        """The lesson's own program again."""
        self.source, self.exercising, self.edited = self.original, False, False
        self._turned = {k.name: self._values[k.name].index(k.literal) for k in self.lesson.knobs}

    def folded(self, trace: Trace, moment: int) -> bool:
        """Whether the line at a moment is one that a walk passes quickly."""
        line = trace.lines.at(moment) if not self.exercising else None
        return line is not None and line.file == str(self.lesson.code) and line.line in self.lesson.folded

    def noted(self, trace: Trace, stop: int) -> bool:
        """Whether a stop is where a line with a note is about to run."""
        step = trace.main(stop)
        if not isinstance(step, Line) or step.file != str(self.lesson.code):
            return False
        return any(self.plan.line(note) == step.line for note in self.lesson.notes)

    # --- questions

    def due(self, trace: Trace, before: int, now: int) -> Predict | None:
        """The question that a move raises, if any."""
        found = [] if self.exercising else due(self.plan, trace, before, now, self._asked)
        return found[0] if found else None

    def answered(self, predict: Predict, given: str, trace: Trace) -> str:
        """Remember an answer, "" for a skipped question; what to say of it."""
        self._asked.add(predict.key)
        found = self.plan.answer(predict, trace)
        if found is None:
            return ""
        if not given:
            self.progress.predicted(self.lesson.name, predict.key, "", None)
            return f"It is {found.text}. {predict.because}".strip()
        right, said = judge(predict, given, found)
        self.progress.predicted(self.lesson.name, predict.key, given, right)
        return said

    # --- what is saved

    def stand(self, step: int, steps: int) -> None:
        """Save where one stands in the lesson's own run."""
        if not self.exercising and not self.edited and self._saved != (step, steps):
            self._saved = step, steps
            self.progress.stand(self.lesson.name, step, steps)

    def standing(self) -> Standing:
        """How far the learner is."""
        return standing(self.lesson, self.progress)

    def place(self) -> Place | None:
        """Where one stood last time."""
        return self.progress.place(self.lesson.name)

    def keep_work(self, source: str, hints: int, passed: bool = False) -> None:
        """Save the exercise's text, and how many hints were taken."""
        self.progress.worked(self.lesson.name, Work(passed, hints, source))

    def practise(self, source: str) -> Target | None:
        """What to run to check the exercise; None where the lesson has none."""
        if self.lesson.exercise is None:
            return None
        self.keep_work(source, self.work().hints)
        self.exercising, self.verdicts = True, []
        return exercises.target(self.lesson.exercise, source)

    def judge(self, trace: Trace) -> list[Verdict]:
        """The exercise's run has ended: what its check finds; nothing where another program ran."""
        if not self.exercising or self.lesson.exercise is None:
            return []
        self.verdicts = exercises.judge(self.lesson.exercise, trace)
        if all(verdict.holds for verdict in self.verdicts):
            work = self.work()
            self.keep_work(work.code, work.hints, passed=True)
        return self.verdicts

    def work(self) -> Work:
        """The exercise as it was left, or its starter."""
        exercise = self.lesson.exercise
        starter = exercise.starter.read_text(encoding="utf-8") if exercise is not None else ""
        return self.progress.work(self.lesson.name) or Work(False, 0, starter)

    # --- the notes

    def notes(self, trace: Trace, moment: int, line: int) -> list[NoteNow]:
        """Every note as it stands at a moment, `line` being the line of the program that runs (0 for none)."""
        began = trace.lines.at(moment) if len(trace) else None
        found: list[NoteNow] = []
        for number, note in enumerate(self.lesson.notes):
            now = self.plan.line(note)
            here = 0 < now == line
            code = trace.sources.line(str(self.lesson.code), now) or note.code
            ran = self.plan.evaluated(note, trace, moment)
            state, newest = TOLD, -1 if ran is None else ran.seq
            if now and self.edited and code.strip() != self.original.split("\n")[note.line - 1].strip():
                state, newest = CHANGED, -1
            elif ran is None and self._comes(note.line):
                state = QUESTION
            if here and ran is not None and began is not None and ran.seq < began.seq:
                ran = None  # what it came to in the round before is not what it comes to now
                newest = -1
            found.append(NoteNow(number, now, code, here, state, newest, note, ran))
        return found

    def _comes(self, line: int) -> bool:
        """Whether a question about a line has still to be asked: its note would tell the answer."""
        return any(p.line == line and p.key not in self._asked for p in self.lesson.predicts)


def _number(text: str) -> float:
    """Where a value stands among the others; what is no number stands last."""
    try:
        return float(ast.literal_eval(text))
    except (SyntaxError, ValueError, TypeError, OverflowError):
        return math.inf


def _unlike(literal: str, text: str) -> str:
    """Why a text cannot stand where a literal stands; "" where it can: a number of the same kind."""
    try:
        meant, given = ast.literal_eval(literal), ast.literal_eval(text)
        size = abs(float(given)) if type(given) in (int, float) else 0.0
    except OverflowError:
        return "it is too large"
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return "it is not a Python number"
    if type(meant) is float and type(given) in (int, float):
        return "" if math.isfinite(size) else "it is not finite"
    if type(meant) is int and type(given) is int:
        return ""
    return f"it must look like {literal}"
