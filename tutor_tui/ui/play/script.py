"""The beats of a play: what is said, which keys are pressed, what is waited for."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tutor_tui.errors import LessonError

PAUSE = 5.0
"""Seconds that nothing may take longer than."""
READ = 17.0
"""Characters that a person reads in a second, the picture beside them."""


@dataclass(frozen=True)
class Beat:
    """`wait` is an expression that the screen must match before the next beat; "" waits for rest alone."""

    caption: str = ""
    keys: tuple[str, ...] = ()
    type: str = ""
    wait: str = ""
    seconds: float = 0.0
    marker: str = ""

    @property
    def hold(self) -> float:
        """Seconds to look at it, at normal speed."""
        return min(PAUSE, self.seconds or max(1.2, len(self.caption) / READ))


@dataclass(frozen=True)
class Script:
    """The beats in order."""

    beats: tuple[Beat, ...] = field(default_factory=tuple)


USUAL = Script(
    (
        Beat("The program has run; every step of it was recorded.", ("home",), marker="start"),
        Beat("Line by line…", ("n", "n", "n")),
        Beat("The forward pass: each operation becomes a node of the graph.", ("f",), marker="forward"),
        Beat("", ("right",) * 4),
        Beat("The backward pass: gradients flow back, node by node.", ("b",), marker="backward"),
        Beat("", ("right",) * 6),
        Beat("On to the end.", ("end",), marker="end"),
    )
)
"""For a program that has no script of its own."""


def read_script(file: Path) -> Script:
    """A `play.toml`; `LessonError` names what is wrong in it, and where."""
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LessonError(f"{file}: {error}") from error
    beats = said.get("beat")
    if not isinstance(beats, list) or not beats or set(said) != {"beat"}:
        raise LessonError(f"{file}: it must hold [[beat]] tables, and nothing else")
    return Script(tuple(_beat(file, number, table) for number, table in enumerate(beats, 1)))


def _beat(file: Path, number: int, table: Any) -> Beat:
    known: dict[str, tuple[type, ...]] = {
        "caption": (str,), "keys": (list,), "type": (str,), "wait": (str,), "seconds": (int, float), "marker": (str,),
    }  # fmt: skip
    for key, value in table.items():
        if key not in known:
            raise LessonError(f"{file}: beat {number}: {key} is unknown; use {', '.join(known)}")
        if not isinstance(value, known[key]):
            raise LessonError(f"{file}: beat {number}: {key} cannot be {value!r}")
    try:
        re.compile(table.get("wait", ""))
    except re.error as error:
        raise LessonError(f"{file}: beat {number}: wait: {error}") from error
    return Beat(**{**table, "keys": tuple(map(str, table.get("keys", ())))})
