"""What a lesson adds to the walk: questions, knobs, edits, the exercise, tables, the recap."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tutor_tui.client.run import Run
from tutor_tui.client.target import Target
from tutor_tui.course.answers import meant, readable
from tutor_tui.course.recap import recap
from tutor_tui.course.study import Study
from tutor_tui.lessons.model import Predict
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.look.dead import dead
from tutor_tui.trace.look.moves import where
from tutor_tui.trace.words.compare import first_difference
from tutor_tui.trace.words.side_by_side import side_by_side
from tutor_tui.ui.panes.markdown import markdown_rows
from tutor_tui.ui.panes.outcome import Ask, Go, Open, Outcome, Read, Say
from tutor_tui.ui.panes.rows import Row, row
from tutor_tui.ui.settings import Settings

if TYPE_CHECKING:
    from tutor_tui.ui.dialogs.editor import ExerciseScreen

HINTS = {
    "number": "a number, like 7 or -0.5",
    "shape": "a shape, like 4, 3",
    "choice": "the answer's number",
}
STEPPING = ("next", "next_line", "previous", "previous_line")
"""Moves from one stop to the one beside it."""
SOLVED = "Solved. Ctrl-G walks your program; Esc goes back to the lesson, where C opens the next one."


class LessonActions:
    """The actions of a lesson. Without one, each says where it belongs."""

    def __init__(
        self, run: Run, settings: Settings, stands: Callable[[], Cursor], start: Callable[[Target], None]
    ) -> None:
        """`stands` tells where one stands; `start` runs a program, and one stands again where one stood in it."""
        self.study: Study | None = None
        self._run, self._settings, self._stands, self._start = run, settings, stands, start
        self._editor: ExerciseScreen | None = None

    # --- on the way

    def past_folded(self, found: int | None, move: str) -> int | None:
        """Where a move leads that came to a stop: a lesson's imports are one stop on the way, not five.

        The very first line is one of them, and one may stand there. The lines of one long statement are one stop, too.
        """
        trace = self._run.trace
        while found is not None and move in STEPPING and self._skips(Cursor(trace, found)):
            further = where(trace, found, move)
            if further is None:
                break
            found = further
        return found

    def _skips(self, cursor: Cursor) -> bool:
        folded = self.study is not None and self.study.folded(cursor.trace, cursor.moment)
        return folded or dead(cursor.trace, cursor.index)

    def question_before(self, before: int, now: int) -> Outcome:
        """The question that stands between two stops, None where there is none; its answer leads on."""
        predict = self.study.due(self._run.trace, before, now) if self.study is not None else None
        return self._put(predict, now) if predict is not None else None

    def _put(self, predict: Predict, now: int) -> Outcome:
        def answered(given: str | None) -> Outcome:
            if given is None or self.study is None:  # it is asked again on the way back
                return None
            said = self.study.answered(predict, meant(predict, given), self._run.trace)
            return Go(now, said=said)

        from tutor_tui.ui.dialogs.question import QuestionScreen

        hint = HINTS[predict.kind]
        card = QuestionScreen(
            self._settings, predict.ask, predict.choices, hint, lambda given: readable(predict, given)
        )
        return Open(card, answered)

    def closing_words(self) -> str:
        """What to do at the end of a lesson, "" elsewhere."""
        study, trace = self.study, self._run.trace
        here = trace.end is not None and self._stands().index + 1 == len(trace)
        if study is None or study.exercising or not here or trace.failure is not None:
            return ""
        exercise = "X exercise, " if study.lesson.exercise is not None else ""
        left = study.standing().left
        still = f" {left[0].upper()}{left[1:]}." if left else " Nothing is left to do here."
        return (
            f"The end of “{study.lesson.title}”.{still} {exercise}T tables, W recap to a file, C next lesson."
        )

    def knob_text(self) -> str:
        """The knob and how it stands, for the title of the code."""
        if self.study is None or self.study.knob is None or self.study.exercising:
            return ""
        return f"{self.study.knob.name} = {self.study.knob_value()} · "

    def problem(self) -> str:
        """Why progress cannot be saved, said once; the learner goes on all the same."""
        if self.study is None:
            return ""
        found, self.study.progress.problem = self.study.progress.problem, ""
        return found

    def action_next_note(self) -> Outcome:
        """To the next step at which a line with a note runs, or at which a question is asked first."""
        study, trace, here = self.study, self._run.trace, self._stands().index
        if study is None or study.exercising or not study.lesson.notes:
            return Say("Notes and questions belong to lessons (l lists them).")
        found = next((n for n in range(here + 1, len(trace)) if study.noted(trace, n)), None)
        if found is None:
            return Say("No line with a note runs after this step.")
        asked = self.question_before(here, found)
        return asked if asked is not None else Go(found)

    # --- reading

    def action_tables(self) -> Outcome:
        """The lesson's reference tables."""
        study = self.study
        if study is None or not study.lesson.tables:
            return Say("There are no tables here: only lessons have them (l lists them).")

        def rows(width: int) -> list[Row]:
            found: list[Row] = []
            for table in study.lesson.tables:
                found += [row((table.title, "title")), *markdown_rows(table.text, width)]
            return found

        return Read(study.lesson.title, rows)

    def action_difference(self) -> Outcome:
        """This run beside the one before: results, gradients and the curve."""
        old, new = self._run.before, self._run.trace
        if old is None or not len(old) or new.end is None:
            return Say("There is no other run to compare: turn a knob ( ) or edit the program (e) first.")
        parting = first_difference(old, new)
        if parting is None:
            return Say("Both runs are the same, step by step and value by value.")
        same = f"The runs are the same up to step {parting.at}."
        told = f"{same} At step {parting.at + 1} they diverge (g {parting.at + 1} goes there).\n\nBefore. "
        parts = [(told, False), (parting.before, True), ("\n\nNow. ", False), (parting.now, True)]
        parts += [("\n\n", False), (side_by_side(old, new), False)]
        return Read("difference", lambda width: markdown_rows(parts, width))

    # --- knobs, and other programs

    def action_knob_up(self) -> Outcome:
        """Turn the knob up."""
        return self._turn(1)

    def action_knob_down(self) -> Outcome:
        """Turn the knob down."""
        return self._turn(-1)

    def _turn(self, by: int) -> Outcome:
        study = self.study
        if study is None or study.knob is None:
            return Say("There is no knob here: only some lessons have knobs.")
        if not study.turn(by):
            return Say(f"{study.knob.name} goes no further than {study.knob_value()}.")
        study.exercising = False
        self._start(study.target())
        return None

    def action_set_knob(self) -> Outcome:
        """Type a value for the knob."""
        study = self.study
        if study is None or study.knob is None:
            return Say("There is no knob here: only some lessons have knobs.")
        knob = study.knob

        def typed(text: str | None) -> Outcome:
            if not text:
                return None
            if problem := study.set_knob(text):
                return Say(problem)
            study.exercising = False
            self._start(study.target())
            return None

        return Ask(f"{knob.name} =", f"a number like {knob.literal}", typed)

    def action_other_knob(self) -> Outcome:
        """Turn another knob from now on."""
        if self.study is None or self.study.knob is None:
            return None
        self.study.other_knob()
        return Say(f"( and ) turn {self.study.knob.name}, now {self.study.knob_value()}.")

    def action_edit(self) -> Outcome:
        """Change the program and run it."""
        from tutor_tui.ui.dialogs.editor import EditorScreen  # takes long to load, and few edit

        source, original = self._run.program()
        if source is None:
            return Say("There is no program to edit yet.")
        line = self._run.trace.lines.at(self._stands().moment) if len(self._run.trace) else None
        title = "the program as it will run; no file is changed"
        editor = EditorScreen(self._settings, source, original, line.line if line is not None else 1, title)
        return Open(editor, self._edited)

    def _edited(self, source: str | None) -> Outcome:
        if source is None:
            return None
        if self.study is not None and not self.study.exercising:
            self.study.edit(source)
            self._start(self.study.target())
        else:
            self._run.start_source(source)
        return None

    # --- the exercise

    def action_exercise(self) -> Outcome:
        """The lesson's exercise."""
        study = self.study
        if study is None or study.lesson.exercise is None:
            return Say("There is no exercise here: only lessons have them (l lists them).")
        from tutor_tui.ui.dialogs.editor import ExerciseScreen  # the same

        self._editor = ExerciseScreen(
            self._settings,
            study.lesson.exercise,
            study.work(),
            self._practise,
            self._run.stop,
            study.keep_work,
        )
        return Open(self._editor, self._practised)

    def _practised(self, result: str | None) -> Outcome:
        """Back to the lesson, or on through the record of the exercise."""
        study = self.study
        if study is None or not study.exercising:
            return None
        if result is not None:
            return Say("This is your program's record. X returns to the exercise, R to the lesson.")
        study.reset()
        self._start(study.target())
        return None

    def _practise(self, source: str) -> None:
        target = self.study.practise(source) if self.study is not None else None
        if target is not None:
            self._start(target)

    def judge(self) -> None:
        """The exercise's run has ended: check it, and say beside its text what was found."""
        verdicts = self.study.judge(self._run.trace) if self.study is not None else []
        if not verdicts:
            return
        solved = [SOLVED] if all(verdict.holds for verdict in verdicts) else []
        if self._editor is not None and self._editor.is_current:
            self._editor.verdicts([*(verdict.marked for verdict in verdicts), *solved])

    # --- what is kept

    def action_recap(self) -> Outcome:
        """Ask where to write the lesson with this run's values."""
        study = self.study
        if study is None or study.exercising or self._run.trace.end is None:
            return Say("No recap was written: the lesson has not finished yet.")
        name = f"{study.lesson.name}-recap.md"
        return Ask("Write the recap to", f"FILE; Enter alone: {name} in this folder", self._write_recap)

    def _write_recap(self, typed: str | None) -> Outcome:
        if typed is None or self.study is None:
            return None
        path = Path(os.path.expanduser(typed.strip() or f"{self.study.lesson.name}-recap.md")).absolute()
        answers = self.study.progress.predictions(self.study.lesson.name)
        try:
            path.write_text(recap(self.study.plan, self._run.trace, answers), encoding="utf-8")
        except OSError as error:
            return Say(f"The recap could not be written to {path}: {error.strerror}.")
        return Say(f"Written: {path}")
