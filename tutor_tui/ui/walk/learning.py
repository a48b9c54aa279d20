"""The part of the walk that belongs to lessons: notes, questions, knobs, exercises, what is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tutor_tui.course import exercises
from tutor_tui.course.answers import meant, question, readable
from tutor_tui.course.recap import recap
from tutor_tui.lessons.model import Predict
from tutor_tui.lessons.progress import Work
from tutor_tui.protocol.messages import Line
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.compare import first_difference
from tutor_tui.trace.words.story import story
from tutor_tui.ui.dialogs.help import RowsScreen
from tutor_tui.ui.panes.line_pane import LinePane
from tutor_tui.ui.panes.markdown import markdown_rows
from tutor_tui.ui.panes.rows import Row, row
from tutor_tui.ui.walk.looking import Looking
from tutor_tui.ui.walk.study import Study

HINTS = {"number": "a number", "shape": "numbers with commas", "choice": "the number of an answer"}


class Learning(Looking):
    """What `WalkScreen` can do with a lesson. Without one, every action says so."""

    study: Study | None
    before: Trace | None
    """The record of the run before this one, to compare."""

    # --- notes

    def show_notes(self) -> None:
        """The notes at the cursor; saves where one stands."""
        pane = self.query_one("#notes", LinePane)
        if self.study is None:
            return
        line = self.trace.line(self.cursor.moment) if len(self.trace) else None
        here = line.line if line is not None and line.file == str(self.study.lesson.code) else 0
        moment = self.cursor.moment if len(self.trace) else -1
        rows, focus, newest = self.study.rows(self.trace, moment, here, max(20, pane.size.width - 2))
        about_to = len(self.trace) > 0 and isinstance(self.trace.main(self.cursor.index), Line)
        # first what has just been computed, then what the line will do; before all of it the opening
        top = newest if newest is not None and (about_to or focus is None) else focus
        if newest is None and about_to:
            top = None if focus is None else max(0, focus + 4 - pane.size.height)
        top = 0 if top is None else top
        pane.show_rows(rows, top=top)

    def action_tables(self) -> None:
        """The lesson's reference tables."""
        if self.study is None or not self.study.lesson.tables:
            self.warn("There are no tables here: they belong to lessons (l lists them).")
            return
        width = min(80, self.size.width - 8)
        rows: list[Row] = []
        for table in self.study.lesson.tables:
            rows += [row((table.title, "title")), *markdown_rows(table.text, width)]
        self.app.push_screen(RowsScreen(f"{self.study.lesson.title}", rows))

    # --- questions

    def ask_first(self, before: int, now: int, then: Any) -> bool:
        """Whether a question stands between two stops; it is asked, and `then` goes on after it."""
        predict = self.study.due(self.trace, before, now) if self.study is not None else None
        if predict is None:
            return False
        self._put(predict, then, "")
        return True

    def _put(self, predict: Predict, then: Any, wrong: str) -> None:
        from tutor_tui.ui.dialogs.prompt import TYPED, PromptScreen

        hint = wrong.rstrip(".") or HINTS[predict.kind]
        self.app.push_screen(
            PromptScreen(question(predict), hint, TYPED[predict.kind]),
            lambda text: self._answered(predict, text, then),
        )

    def _answered(self, predict: Predict, text: str | None, then: Any) -> None:
        if self.study is None:
            return
        given = (text or "").strip()
        if given and (wrong := readable(predict, given)):
            self._put(predict, then, wrong)
            return
        said = self.study.answered(predict, meant(predict, given), self.trace)
        then()
        if said:
            self.warn(f"{said} {story(self.trace, self.cursor.index)}")

    # --- knobs, and other programs

    def action_knob_up(self) -> None:
        """Turn the knob up."""
        self._turn(1)

    def action_knob_down(self) -> None:
        """Turn the knob down."""
        self._turn(-1)

    def _turn(self, by: int) -> None:
        if self.study is None or self.study.knob is None:
            self.warn("Nothing can be turned here: knobs belong to some lessons.")
        elif not self.study.turn(by):
            self.warn(f"{self.study.knob.name} goes no further than {self.study.knob_value()}.")
        else:
            self.study.exercising = False
            self._rerun()

    def action_other_knob(self) -> None:
        """Turn another knob from now on."""
        if self.study is not None and self.study.knob is not None:
            self.study.other_knob()
            self.warn(f"( and ) turn {self.study.knob.name}, now {self.study.knob_value()}.")

    def action_edit(self) -> None:
        """Change the program and run it."""
        from tutor_tui.ui.dialogs.editor import EditorScreen

        app: Any = self.app
        source, original = app.program()
        if source is None:
            self.warn("There is no program to edit yet.")
            return
        line = self.trace.line(self.cursor.moment) if len(self.trace) else None
        title = "the program as it will run; no file is changed"
        self.app.push_screen(
            EditorScreen(source, original, line.line if line is not None else 1, title), self._edited
        )

    def _edited(self, source: str | None) -> None:
        if source is None:
            return
        app: Any = self.app
        if self.study is not None and not self.study.exercising:
            self.study.edit(source)
            self._rerun()
        else:
            app.run_source(source)

    def action_original(self) -> None:
        """The lesson's own program again, as it came."""
        if self.study is not None:
            self.study.reset()
            self._rerun()
        else:
            app: Any = self.app
            app.run_source(None)

    def _rerun(self) -> None:
        app: Any = self.app
        if self.study is not None:
            app.run_target(self.study.target())

    def action_difference(self) -> None:
        """Where this run parts from the one before."""
        if self.before is None or not len(self.before) or self.trace.end is None:
            self.warn("There is no other run to compare: turn a knob ( ) or edit the program (e) first.")
            return
        parting = first_difference(self.before, self.trace)
        if parting is None:
            self.warn("Both runs are the same, step by step and value by value.")
            return
        self.go(parting.at)
        width = max(20, min(80, self.size.width - 8))
        text = (
            f"The runs are the same up to step {parting.at}. At step {parting.at + 1} they part; the walk stands there."
            f"\n\nBefore. {parting.before}\n\nNow. {parting.now}"
        )
        self.app.push_screen(RowsScreen("difference", markdown_rows(text, width)))

    # --- the exercise

    def action_exercise(self) -> None:
        """The lesson's exercise."""
        from tutor_tui.ui.dialogs.editor import ExerciseScreen

        exercise = self.study.lesson.exercise if self.study is not None else None
        if self.study is None or exercise is None:
            self.warn("There is no exercise here: they belong to lessons (l lists them).")
            return
        work = self.study.work()
        self.app.push_screen(
            ExerciseScreen(
                work.code,
                exercise.starter.read_text(encoding="utf-8"),
                markdown_rows(exercise.task, max(20, self.size.width - 6)),
                exercise.hints,
                exercise.solution.read_text(encoding="utf-8"),
                self._run_exercise,
                self._keep_exercise,
                work.hints,
            )
        )

    def _run_exercise(self, source: str) -> None:
        exercise = self.study.lesson.exercise if self.study is not None else None
        if self.study is not None and exercise is not None:
            self._keep_exercise(source, self.study.work().hints)
            self.study.exercising = True
            self.study.verdicts = []
            app: Any = self.app
            app.run_target(exercises.target(exercise, source))

    def _keep_exercise(self, source: str, hints: int) -> None:
        if self.study is not None:
            self.study.progress.worked(self.study.lesson.name, Work(False, hints, source))

    def judge_exercise(self) -> None:
        """The exercise's run has ended: check it, and say what was found."""
        study = self.study
        if study is None or not study.exercising or study.lesson.exercise is None:
            return
        verdicts = exercises.judge(study.lesson.exercise, self.trace)
        lines = [f"{'✓' if v.holds else '✗'} {v.text}" for v in verdicts]
        study.verdicts = [
            (line, "value" if v.holds else "error") for line, v in zip(lines, verdicts, strict=True)
        ]
        if all(v.holds for v in verdicts):
            work = study.work()
            study.progress.worked(study.lesson.name, Work(True, work.hints, work.code))
            lines.append(
                "Solved. Esc leads to the record of your program; there R opens the lesson, C the next."
            )
        from tutor_tui.ui.dialogs.editor import ExerciseScreen

        if isinstance(self.app.screen, ExerciseScreen):
            self.app.screen.verdicts(lines)

    # --- what is kept

    def action_recap(self) -> None:
        """Write the lesson with this run's values to a file."""
        if self.study is None or self.study.exercising or self.trace.end is None:
            self.warn("A recap is written of a lesson that has run to its end.")
            return
        answers = self.study.progress.predictions(self.study.lesson.name)
        path = Path.cwd() / f"{self.study.lesson.name}-recap.md"
        try:
            path.write_text(recap(self.study.plan, self.trace, answers), encoding="utf-8")
        except OSError as error:
            self.warn(f"The recap could not be written to {path}: {error.strerror}.")
        else:
            self.warn(f"Written: {path}")

    def action_next_lesson(self) -> None:
        """Open the lesson that follows this one."""
        app: Any = self.app
        following = app.lesson_after(self.study.lesson.name if self.study is not None else "")
        if following is None:
            self.warn("This was the last lesson. l lists them all.")
        else:
            app.open_lesson(following)

    def closing_words(self) -> str:
        """What to do at the end of a lesson, "" elsewhere."""
        study = self.study
        here = self.trace.end is not None and self.cursor.index + 1 == len(self.trace)
        if study is None or study.exercising or not here or self.trace.failure is not None:
            return ""
        exercise = "X exercise, " if study.lesson.exercise is not None else ""
        return f"The end of “{study.lesson.title}”. {exercise}T tables, W recap to a file, C next lesson."

    def say_knob(self) -> str:
        """The knob and how it stands, for the title of the code."""
        if self.study is None or self.study.knob is None or self.study.exercising:
            return ""
        return f"{self.study.knob.name} = {self.study.knob_value()} · "

    def complain_once(self) -> None:
        """Say it where progress cannot be saved; the learner goes on all the same."""
        if self.study is not None and self.study.progress.problem:
            self.warn(self.study.progress.problem)
            self.study.progress.problem = ""
