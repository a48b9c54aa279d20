"""The lessons that there are: built-in, from folders, and from installed packs. None of them is run here."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tutor_tui.errors import LessonError
from tutor_tui.lessons.loader import load
from tutor_tui.lessons.model import Lesson

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

CONTENT = Path(__file__).parent / "content"
GROUP = "tutor_tui.lessons"


class Pack(NamedTuple):
    """A folder of lessons, and whose they are; `owner` is "" for the built-in ones."""

    owner: str
    folder: Path


class Catalog:
    """Lessons by name. A name that two packs have belongs to the first: the built-in ones."""

    def __init__(self, folders: Iterable[Path] = (), installed: bool = True) -> None:
        self._folders, self._installed = list(folders), installed
        self.problems: list[str] = []
        """What could not be read; the rest is there."""

    @cached_property
    def packs(self) -> list[Pack]:
        """Looked for when a lesson is: a program of one's own needs none of them."""
        given = [Pack(f"the folder {folder}", folder) for folder in self._folders]
        return [Pack("", CONTENT), *given, *(_installed() if self._installed else ())]

    def lessons(self) -> list[Lesson]:
        """All of them: the built-in ones first, each pack in its own order."""
        self.problems = []
        found: dict[str, Lesson] = {}
        for pack in self.packs:
            for lesson in self._of(pack):
                found.setdefault(lesson.name, lesson)
        return list(found.values())

    def find(self, name: str) -> Lesson:
        """A lesson by its name; `LessonError` names the nearest there is."""
        for pack in self.packs:
            if (
                name == Path(name).name
                and name not in ("", ".", "..")
                and (pack.folder / name / "lesson.toml").exists()
            ):
                return load(pack.folder / name, pack.owner)
        import difflib

        names = [lesson.name for lesson in self.lessons()]
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]}?" if near else f"choose from: {', '.join(names)}"
        raise LessonError(f"there is no lesson {name!r}; {hint}")

    def _of(self, pack: Pack) -> list[Lesson]:
        found = []
        if not pack.folder.is_dir():
            self.problems.append(f"{pack.folder} is not a folder of lessons")
            return []
        for folder in sorted(pack.folder.iterdir()):
            if (folder / "lesson.toml").exists():
                try:
                    found.append(load(folder, pack.owner))
                except LessonError as error:
                    self.problems.append(str(error))
        return sorted(found, key=lambda lesson: (lesson.order, lesson.name))


def _installed() -> Iterator[Pack]:
    """The packs that installed distributions offer, found without importing anything of theirs."""
    from importlib import metadata

    for entry in metadata.entry_points(group=GROUP):
        folder = _folder(entry)
        if folder is not None:
            owner = entry.dist.name if entry.dist is not None else entry.name
            yield Pack(f"the installed package {owner}", folder)


def _folder(entry: EntryPoint) -> Path | None:
    parts = entry.value.partition(":")[0].split(".")
    if entry.dist is not None:
        folder = Path(str(entry.dist.locate_file("/".join(parts))))
        if folder.is_dir():
            return folder
    spec = importlib.util.find_spec(parts[0])  # a top-level name is looked up, not imported
    for place in spec.submodule_search_locations or [] if spec is not None else []:
        folder = Path(place, *parts[1:])
        if folder.is_dir():
            return folder
    return None


def find_lesson(name: str) -> Lesson:
    """A built-in lesson by its name."""
    return Catalog(installed=False).find(name)


def lessons() -> list[Lesson]:
    """The built-in lessons in teaching order."""
    return Catalog(installed=False).lessons()
