"""A folder to a lesson."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tutor_tui.errors import LessonError
from tutor_tui.lessons.model import Lesson

FORMAT = 1


def load(folder: Path) -> Lesson:
    """Read `lesson.toml`; `LessonError` names the file and what is wrong with it."""
    file = folder / "lesson.toml"
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise LessonError(f"{file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LessonError(f"{file}: {error}") from error
    if table.get("format_version") != FORMAT:
        raise LessonError(f"{file}: format_version must be {FORMAT}, is {table.get('format_version')!r}")
    code = folder / "code.py"
    if not code.is_file():
        raise LessonError(f"{code}: the lesson has no program")
    try:
        return Lesson(
            name=folder.name,
            title=str(table["title"]),
            summary=str(table["summary"]),
            order=int(table["order"]),
            objectives=tuple(map(str, table.get("objectives", ()))),
            code=code,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise LessonError(f"{file}: missing or malformed: {error}") from error
