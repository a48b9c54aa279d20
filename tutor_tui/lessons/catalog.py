"""The lessons that there are."""

from __future__ import annotations

import difflib
from pathlib import Path

from tutor_tui.errors import LessonError
from tutor_tui.lessons.loader import load
from tutor_tui.lessons.model import Lesson

CONTENT = Path(__file__).parent / "content"


def lessons(content: Path = CONTENT) -> list[Lesson]:
    """Every lesson of a folder of lessons, in teaching order."""
    found = [load(folder) for folder in content.iterdir() if (folder / "lesson.toml").exists()]
    return sorted(found, key=lambda lesson: (lesson.order, lesson.name))


def find_lesson(name: str) -> Lesson:
    """A lesson by its name; `LessonError` names the nearest there is."""
    folder = CONTENT / name
    if folder.parent == CONTENT and (folder / "lesson.toml").exists():
        return load(folder)
    names = [lesson.name for lesson in lessons()]
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there is: {', '.join(names)}"
    raise LessonError(f"there is no lesson {name!r}; {hint}")
