"""A lesson as it is being studied: where one stands, what was answered, how its knobs are turned."""

from __future__ import annotations

from textwrap import wrap

from tutor_tui.client.target import Target
from tutor_tui.course.answers import due, judge
from tutor_tui.course.plan import Plan, filled
from tutor_tui.lessons.model import Knob, Predict
from tutor_tui.lessons.progress import Place, Progress, Work
from tutor_tui.trace.record.trace import Trace
from tutor_tui.ui.panes.markdown import markdown_rows, marked
from tutor_tui.ui.panes.rows import Row, row


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
        self.verdicts: list[tuple[str, str]] = []
        """What the exercise's check found, and how it is to look."""
        self._knob = 0
        self._turned = {knob.name: knob.values.index(knob.literal) for knob in self.lesson.knobs}
        self._asked = {key for key, (given, _) in progress.predictions(self.lesson.name).items() if given}
        self._saved: tuple[int, int] | None = None
        self._laid_out: dict[tuple[int, int, int], list[Row]] = {}

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
        return knob.values[self._turned[knob.name]] if knob is not None else ""

    def other_knob(self) -> None:
        """Turn another one from now on."""
        self._knob = (self._knob + 1) % max(1, len(self.lesson.knobs))

    def turn(self, by: int) -> bool:
        """Turn the knob; False at the end of its range."""
        knob = self.knob
        if knob is None:
            return False
        at = self._turned[knob.name] + by
        if not 0 <= at < len(knob.values):
            return False
        self._turned[knob.name] = at
        self.source, self.edited = self.original, False
        for each in self.lesson.knobs:
            self.source = each.turn(self.source, each.values[self._turned[each.name]])
        return True

    def edit(self, source: str) -> None:
        """The person's own version."""
        self.source, self.edited = source, source != self.original

    def reset(self) -> None:
        """The lesson's own program again."""
        self.source, self.exercising, self.edited = self.original, False, False
        self._turned = {knob.name: knob.values.index(knob.literal) for knob in self.lesson.knobs}

    def folded(self, trace: Trace, moment: int) -> bool:
        """Whether the line at a moment is one that a walk passes quickly."""
        line = trace.line(moment) if not self.exercising else None
        return line is not None and line.file == str(self.lesson.code) and line.line in self.lesson.folded

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

    def place(self) -> Place | None:
        """Where one stood last time."""
        return self.progress.place(self.lesson.name)

    def work(self) -> Work:
        """The exercise as it was left, or its starter."""
        exercise = self.lesson.exercise
        starter = exercise.starter.read_text(encoding="utf-8") if exercise is not None else ""
        return self.progress.work(self.lesson.name) or Work(False, 0, starter)

    # --- the notes

    def rows(
        self, trace: Trace, moment: int, line: int, width: int
    ) -> tuple[list[Row], int | None, int | None]:
        """The notes with what was computed up to a moment; where that of `line` begins, and the newest one."""
        if self.exercising:
            found = [row((line, look)) for text, look in self.verdicts for line in wrap(text, width)]
            return [*self._task(width), *found], None, None
        rows = [*markdown_rows(self.lesson.opening, width)]
        focus, newest, ran = None, -1, None
        began = trace.line(moment) if len(trace) else None
        for number, note in enumerate(self.lesson.notes):
            now = self.plan.line(note)
            here = 0 < now == line
            begins = len(rows)
            if here:
                focus = begins
            code = trace.source_line(str(self.lesson.code), now) or note.code
            said = f"{now}  {code}" if now else f"{code} (no longer in the program)"
            rows.append(row(("▶ " if here else "  ", "now"), (said, "now" if here else "title")))
            watched = self.plan.evaluated(note, trace, moment)
            if now and self.edited and code.strip() != self.original.split("\n")[note.line - 1].strip():
                rows += [row(("(This line was changed: its note is of another one.)", "dim")), row("")]
                continue
            never = watched is None
            if here and watched is not None and began is not None and watched.seq < began.seq:
                watched = None  # what it came to in the round before is not what it comes to now
            if watched is not None and watched.seq > newest:
                newest, ran = watched.seq, begins
            if never and self._comes(note.line):
                rows += [row(("(A question comes first.)", "dim")), row("")]
                continue
            key = (number, watched.seq if watched is not None else -1, width)
            if key not in self._laid_out:
                if len(self._laid_out) > 500:
                    self._laid_out.clear()
                parts = filled(note.text, self.plan.results(note, watched))
                self._laid_out[key] = markdown_rows(marked(parts), width)
            rows += self._laid_out[key]
        return rows, focus, ran

    def _comes(self, line: int) -> bool:
        """Whether a question about a line has still to be asked: its note would tell the answer."""
        return any(p.line == line and p.key not in self._asked for p in self.lesson.predicts)

    def forget_layout(self) -> None:
        """Another run: the same steps may hold other values."""
        self._laid_out.clear()

    def _task(self, width: int) -> list[Row]:
        exercise = self.lesson.exercise
        text = exercise.task if exercise is not None else ""
        return [row(("Exercise", "title")), *markdown_rows(text, width)]
