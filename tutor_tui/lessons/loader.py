"""A folder to a lesson. Nothing of it is run."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tutor_tui.errors import LessonError
from tutor_tui.lessons.glossary import read_glossary
from tutor_tui.lessons.model import Claim, Exercise, Knob, Labels, Lesson, Predict
from tutor_tui.lessons.notes_file import Statements, read_notes
from tutor_tui.lessons.toml_lines import line_of

FORMAT = 1
_KEYS = [
    *("format_version", "title", "summary", "order", "objectives", "minutes"),
    *("max_steps", "detail", "curve", "landscape", "fold", "predict", "knob", "label"),
]
_PREDICT = ["key", "at", "ask", "kind", "answer", "choices", "because"]
_KNOB = ["name", "at", "literal", "values"]
_LABEL = ["names", "rows", "columns"]
_EXERCISE = ["task", "hints", "claim"]
KINDS = ("number", "choice", "shape")


def load(folder: Path, pack: str = "") -> Lesson:
    """Read all files of a lesson; `LessonError` names the file and what is wrong with it."""
    file = folder / "lesson.toml"
    table = read_toml(file)
    if table.get("format_version") != FORMAT:
        at = line_of(file, "format_version")
        raise LessonError(
            f"{file}:{at}: format_version must be {FORMAT}, not {table.get('format_version')!r}"
        )
    _known(file, table, _KEYS)
    code = folder / "code.py"
    if not code.is_file():
        raise LessonError(f"{code}: the lesson has no program")
    statements = Statements(code)
    opening, notes, tables = read_notes(folder / "notes.md", statements, read_glossary(folder.parent))
    try:
        return Lesson(
            name=folder.name,
            title=str(table["title"]),
            summary=str(table["summary"]),
            order=_whole(file, table, "order", table["order"]),
            objectives=tuple(map(str, table.get("objectives", ()))),
            code=code,
            minutes=_whole(file, table, "minutes"),
            max_steps=_whole(file, table, "max_steps"),
            detail=_whole(file, table, "detail"),
            curve=bool(table.get("curve", False)),
            compared=_compared(file, table),
            landscape=tuple(map(str, table.get("landscape", ()))),
            labels=tuple(_labels(file, table.get("label", []))),
            folded=frozenset(
                _line(f"{file}:{line_of(file, 'fold')}", statements, text) for text in table.get("fold", ())
            ),
            opening=opening,
            notes=tuple(notes),
            tables=tuple(tables),
            predicts=tuple(_predicts(file, statements, table.get("predict", []))),
            knobs=tuple(_knobs(file, statements, table.get("knob", []))),
            exercise=_exercise(folder / "exercise"),
            pack=pack,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LessonError(f"{file}:1: missing or malformed: {error}") from error


def _known(file: Path, table: dict[str, Any], keys: list[str], name: str = "", number: int = 1) -> None:
    """Refuse what has no meaning: it is a slip of the pen."""
    for key in table:
        if key not in keys:
            at = line_of(file, key, name, number)
            raise LessonError(f"{file}:{at}: there is no {key!r} here; choose from {', '.join(keys)}")


def _whole(file: Path, table: dict[str, Any], key: str, usual: Any = 0) -> int:
    value = table.get(key, usual)
    if type(value) is not int:
        raise LessonError(f"{file}:{line_of(file, key)}: {key} must be a whole number, not {value!r}")
    return value


def _compared(file: Path, table: dict[str, Any]) -> tuple[str, ...]:
    """The losses that `curve` names, where it is a list."""
    named = table.get("curve", False)
    if not isinstance(named, (bool, list)):
        raise LessonError(
            f"{file}:{line_of(file, 'curve')}: curve must be true, false or a list of names, not {named!r}"
        )
    return tuple(map(str, named)) if isinstance(named, list) else ()


def read_toml(file: Path) -> dict[str, Any]:
    """A TOML file; `LessonError` names it and what is wrong."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise LessonError(f"{file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        place = re.search(r"line (\d+)", str(error))
        raise LessonError(f"{file}:{place[1] if place else 1}: {error}") from error


def _line(where: str, statements: Statements, text: str) -> int:
    line = statements.find(text)
    if line is None:
        raise LessonError(f"{where}: the program has no line `{text}`")
    return line


def _predicts(file: Path, statements: Statements, tables: list[dict[str, Any]]) -> Iterator[Predict]:
    for number, table in enumerate(tables, 1):

        def where(key: str, number: int = number) -> str:
            return f"{file}:{line_of(file, key, 'predict', number)}: question {number}"

        _known(file, table, _PREDICT, "predict", number)
        for needed in ("at", "ask", "answer"):
            if not str(table.get(needed, "")).strip():
                raise LessonError(f"{where(needed)} has no {needed!r}")
        kind = str(table.get("kind", "number"))
        choices = tuple(map(str, table.get("choices", ())))
        if kind not in KINDS:
            raise LessonError(f"{where('kind')}: kind must be one of {', '.join(KINDS)}, is {kind!r}")
        if (kind == "choice") != (len(choices) > 1):
            raise LessonError(f"{where('kind')}: a choice needs two or more choices; other kinds take none")
        line = _line(where("at"), statements, str(table["at"]))
        yield Predict(
            key=str(table.get("key", f"{line}.{number}")),
            line=line,
            end_line=statements.end(line),
            ask=str(table["ask"]),
            kind=kind,
            answer=str(table["answer"]),
            choices=choices,
            because=str(table.get("because", "")),
        )


def _labels(file: Path, entries: list[dict[str, Any]]) -> Iterator[Labels]:
    for number, entry in enumerate(entries, 1):
        _known(file, entry, _LABEL, "label", number)
        rows, columns = (tuple(map(str, entry.get(key, ()))) for key in ("rows", "columns"))
        yield Labels(frozenset(map(str, entry["names"])), rows, columns)


def _knobs(file: Path, statements: Statements, tables: list[dict[str, Any]]) -> Iterator[Knob]:
    for number, table in enumerate(tables, 1):
        _known(file, table, _KNOB, "knob", number)
        at = line_of(file, "at", "knob", number)
        line = _line(f"{file}:{at}", statements, str(table["at"]))
        knob = Knob(str(table["name"]), line, str(table["literal"]), tuple(map(str, table["values"])))
        if knob.literal not in statements.lines[line - 1] or knob.literal not in knob.values:
            at = line_of(file, "literal", "knob", number)
            raise LessonError(
                f"{file}:{at}: knob {knob.name}: {knob.literal} must be in its line and its values"
            )
        yield knob


def _exercise(folder: Path) -> Exercise | None:
    file = folder / "exercise.toml"
    if not file.exists():
        return None
    table = read_toml(file)
    _known(file, table, _EXERCISE)
    claims = tuple(Claim(**{k: str(v) for k, v in claim.items()}) for claim in table.get("claim", ()))
    found = Exercise(
        task=str(table.get("task", "")).strip(),
        starter=folder / "starter.py",
        solution=folder / "solution.py",
        claims=claims,
        hints=tuple(map(str, table.get("hints", ()))),
    )
    for path in (found.starter, found.solution):
        if not path.is_file():
            raise LessonError(f"{path}: the exercise needs this file")
    if not found.task or not claims:
        raise LessonError(f"{file}:1: an exercise needs a task and at least one claim")
    return found
