"""The lessons that can be opened, how far the learner is in each, and which packs may be run."""

from __future__ import annotations

from tutor_tui.course.plan import Plan
from tutor_tui.course.standing import Standing, standing
from tutor_tui.course.study import Study
from tutor_tui.lessons.catalog import Catalog
from tutor_tui.lessons.model import Lesson
from tutor_tui.lessons.progress import Progress, progress_file


class AvailableLessons:
    """Finds lessons and opens them for study."""

    def __init__(self, catalog: Catalog | None = None, device: str = "", max_steps: int = 0) -> None:
        """`device` and `max_steps` say how lessons are run; "" and 0 leave it to them."""
        self._catalog = catalog or Catalog()
        self._device, self._max_steps = device, max_steps
        self._progress: Progress | None = None

    @property
    def progress(self) -> Progress:
        """What is saved of the learner's work; its file is not opened before somebody asks."""
        if self._progress is None:
            self._progress = Progress(progress_file())
        return self._progress

    def listed(self) -> list[tuple[Lesson, Standing]]:
        """Every lesson, and how far the learner is in it."""
        return [(lesson, standing(lesson, self.progress)) for lesson in self._catalog.lessons()]

    def last_opened(self) -> str:
        """The lesson that the learner went on with last, "" for none."""
        return self.progress.last()

    @property
    def problems(self) -> list[str]:
        """What could not be read of the lessons listed last."""
        return self._catalog.problems

    def find(self, name: str) -> Lesson:
        """A lesson by its name; `LessonError` names the nearest there is."""
        return self._catalog.find(name)

    def after(self, name: str) -> str | None:
        """The lesson that follows one; None after the last."""
        names = [lesson.name for lesson in self._catalog.lessons()]
        at = names.index(name) + 1 if name in names else 0
        return names[at] if at < len(names) else None

    def study(self, plan: Plan) -> Study:
        """A lesson to be studied, its program not run so far."""
        return Study(plan, self.progress, self._device, self._max_steps)
