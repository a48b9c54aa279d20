"""A lesson's notes at a moment, with what the run has computed so far."""

from __future__ import annotations

from textwrap import wrap
from typing import NamedTuple

from tutor_tui.course.study import CHANGED, QUESTION, NoteNow, Study
from tutor_tui.protocol.messages import Line
from tutor_tui.text.fit import broken
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.ui.panes.markdown import markdown_rows
from tutor_tui.ui.panes.pane import Pane
from tutor_tui.ui.panes.rows import Row, row
from tutor_tui.ui.settings import Settings

LAID_OUT = 500
"""Notes that are kept as they were laid out."""


class _Sheet(NamedTuple):
    """All notes as rows; where that of the running line begins, and the one computed last."""

    rows: list[Row]
    running: int | None = None
    newest: int | None = None


class NotesPane(Pane):
    """Shows the notes of a lesson, or an exercise with what its check has found."""

    name_shown = "notes"

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, id="notes", title=self.name_shown)
        self.study: Study | None = None
        """The lesson; without one the pane is empty, and not shown."""
        self._laid_out: dict[tuple[int, int, int], list[Row]] = {}

    def reset(self) -> None:
        """Another run: the same steps may hold other values."""
        super().reset()
        self._laid_out.clear()

    def measure(self, cursor: Cursor, width: int) -> int:
        """The opening and every note."""
        return len(self._sheet(self.study, cursor, max(20, width)).rows) if self.study is not None else 0

    def show(self, cursor: Cursor) -> None:
        """First what has just been computed, then what the line will do; before all of it the opening."""
        if self.study is None:
            return
        height = self.room.height
        sheet = self._sheet(self.study, cursor, max(20, self.room.width))
        here = len(cursor.trace) > 0 and isinstance(cursor.step, Line)
        top = sheet.newest if sheet.newest is not None and (here or sheet.running is None) else sheet.running
        if sheet.newest is None and here:
            top = None if sheet.running is None else max(0, sheet.running + 4 - height)
        self.show_rows(sheet.rows, top=0 if top is None else top)

    def _sheet(self, study: Study, cursor: Cursor, width: int) -> _Sheet:
        if study.exercising:
            return _Sheet(self._exercise(study, width))
        trace = cursor.trace
        line = trace.lines.at(cursor.moment) if len(trace) else None
        running = line.line if line is not None and line.file == str(study.lesson.code) else 0
        opening = (-1, -1, width)
        if opening not in self._laid_out:
            self._laid_out[opening] = markdown_rows(study.lesson.opening, width)
        rows = [*self._laid_out[opening]]
        places: dict[int, int] = {}
        focus = None
        for note in study.notes(trace, cursor.moment, running):
            if note.here:
                focus = len(rows)
            if note.newest >= 0:
                places.setdefault(note.newest, len(rows))
            rows += self._note(study, note, width)
        return _Sheet(rows, focus, places[max(places)] if places else None)

    def _note(self, study: Study, note: NoteNow, width: int) -> list[Row]:
        said = f"{note.line}  {note.code}" if note.line else f"{note.code} (no longer in the program)"
        role = "now" if note.here else "title"
        marks = ["▶ " if note.here else "  ", *["    "] * len(said)]
        lines = broken(said, width - 2, width - 4)
        head = [row((mark, "now"), (line, role)) for mark, line in zip(marks, lines, strict=False)]
        if note.state == CHANGED:
            return [*head, row(("(This line was changed; its note is for the old one.)", "dim")), row("")]
        if note.state == QUESTION:
            return [*head, row(("(A question comes first.)", "dim")), row("")]
        key = (note.number, note.ran.seq if note.ran is not None else -1, width)
        if key not in self._laid_out:
            if len(self._laid_out) > LAID_OUT:
                self._laid_out.clear()
            self._laid_out[key] = markdown_rows(study.plan.parts(note.note, note.ran), width)
        return [*head, *self._laid_out[key]]

    def _exercise(self, study: Study, width: int) -> list[Row]:
        exercise = study.lesson.exercise
        task = markdown_rows(exercise.task if exercise is not None else "", width)
        found = [
            row((line, "value" if verdict.holds else "error"))
            for verdict in study.verdicts
            for line in wrap(verdict.marked, width)
        ]
        return [row(("Exercise", "title")), *task, *found]
