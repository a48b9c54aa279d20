"""What a lesson is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Lesson:
    """A folder of plain files; nothing of it is executed by reading it."""

    name: str
    title: str
    summary: str
    order: int
    objectives: tuple[str, ...]
    code: Path
