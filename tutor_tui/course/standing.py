"""How far a learner is in a lesson."""

from __future__ import annotations

from typing import NamedTuple

from tutor_tui.lessons.model import Lesson
from tutor_tui.lessons.progress import Progress


class Standing(NamedTuple):
    """What of a lesson has been walked, answered and solved. `walked` is in percent, None where it was never opened."""

    walked: int | None
    answered: int
    questions: int
    solved: bool | None
    """Whether the exercise was solved; None where there is none."""

    @property
    def done(self) -> bool:
        """Whether every question is answered and the exercise solved; where there are none, whether it was walked."""
        if not self.questions and self.solved is None:
            return (self.walked or 0) >= 100
        return self.answered >= self.questions and self.solved is not False

    @property
    def left(self) -> str:
        """What is left to do, in words; "" where nothing is."""
        parts = []
        if self.answered < self.questions:
            parts.append(f"{self.answered} of {self.questions} questions answered")
        if self.solved is False:
            parts.append("exercise still to solve")
        return ", ".join(parts)

    @property
    def text(self) -> str:
        """Ready to stand behind the title; "" for a lesson that was never opened."""
        if self.walked is None:
            return ""
        walked = "walked to the end" if self.walked >= 100 else f"{self.walked} % walked"
        return " · done" if self.done else f" · {', '.join(part for part in (walked, self.left) if part)}"


def standing(lesson: Lesson, progress: Progress) -> Standing:
    """What is saved of the learner's work on a lesson."""
    place, work = progress.place(lesson.name), progress.work(lesson.name)
    given = progress.predictions(lesson.name)
    solved = bool(work is not None and work.passed)
    return Standing(
        walked=None if place is None else min(100, 100 * (place.furthest + 1) // max(1, place.steps)),
        answered=sum(bool(given.get(predict.key, ("", None))[0]) for predict in lesson.predicts),
        questions=len(lesson.predicts),
        solved=None if lesson.exercise is None else solved,
    )
