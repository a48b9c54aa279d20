"""What a lesson wants to know of its run, and where in the record the answers are."""

from __future__ import annotations

from collections.abc import Iterator

from tutor_tui.client.target import Target
from tutor_tui.lessons.model import Lesson, Note, Predict
from tutor_tui.lessons.notes import pieces
from tutor_tui.protocol.limits import MAX_STEPS
from tutor_tui.protocol.messages import Result, Watch, Watched
from tutor_tui.trace.trace import Trace

UNKNOWN = "…"
"""Stands where a value will, until its line has run."""
WRONG = "(not computable: {})"


class Plan:
    """The watches of a lesson: the notes' expressions, then the questions' answers, line by line."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self._watches: dict[int, Watch] = {}
        self._places: dict[object, tuple[int, int, int]] = {}
        items: list[Note | Predict] = [*lesson.notes, *lesson.predicts]
        for item in items:
            wanted = item.expressions if isinstance(item, Note) else (item.answer,)
            watch = self._watches.setdefault(item.line, Watch(item.line, item.end_line, []))
            start = len(watch.expressions)
            watch.expressions.extend(wanted)
            self._places[item] = (item.line, start, start + len(wanted))

    def target(self, device: str = "", max_steps: int = 0, source: str | None = None) -> Target:
        """The lesson's program with its watches; the CPU unless asked otherwise."""
        steps = max_steps or self.lesson.max_steps or MAX_STEPS
        return Target(
            str(self.lesson.code),
            device=device or "cpu",
            max_steps=steps,
            source=source,
            watches=tuple(self._watches.values()) if source is None else self._moved(source),
        )

    def _moved(self, source: str) -> tuple[Watch, ...]:
        """The watches where an edited program has their lines now; those whose line is gone fall away."""
        old = self.lesson.code.read_text(encoding="utf-8").split("\n")
        if len(old) == source.count("\n") + 1:
            return tuple(self._watches.values())
        new = source.split("\n")
        found = []
        for watch in self._watches.values():
            text = old[watch.line - 1]
            if new.count(text) == 1:
                line = new.index(text) + 1
                found.append(Watch(line, line + watch.end_line - watch.line, watch.expressions))
        return tuple(found)

    def results(self, item: Note | Predict, watched: Watched | None) -> list[Result] | None:
        """What a note's expressions, or a question's answer, came to; None where the line has not run."""
        _, start, end = self._places[item]
        return watched.results[start:end] if watched is not None and len(watched.results) >= end else None

    def note(self, note: Note, watched: Watched | None) -> str:
        """A note with the values in their places."""
        return fill(note.text, self.results(note, watched))

    def answer(self, predict: Predict, trace: Trace) -> Result | None:
        """What a question's line came to when it first ran."""
        found = self.results(predict, trace.watched.first(predict.line))
        return found[0] if found else None


def fill(text: str, results: list[Result] | None) -> str:
    """A text with results in the places of its expressions."""
    return "".join(part for part, _ in filled(text, results))


def filled(text: str, results: list[Result] | None) -> Iterator[tuple[str, bool]]:
    """The parts of a text, and whether each was computed."""
    number = 0
    for piece in pieces(text):
        if not piece.expression:
            yield piece.text, False
            continue
        if results is None:
            yield UNKNOWN, True
        else:
            result = results[number]
            yield (WRONG.format(result.error) if result.error else result.text), True
        number += 1
