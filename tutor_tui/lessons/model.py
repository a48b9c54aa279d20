"""What a lesson is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Note:
    """What is said of a line: Markdown in which `{expression}` stands for what the run makes of it."""

    line: int
    end_line: int
    """The last line of the statement; for one with a body, of its head."""
    heading_line: int
    """Where in `notes.md` its heading stands, from 1."""
    code: str
    text: str
    expressions: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A reference table, or any other section that belongs to no line."""

    title: str
    text: str


@dataclass(frozen=True)
class Predict:
    """A question asked before a line's value is seen. `kind` is number, choice or shape."""

    key: str
    line: int
    end_line: int
    ask: str
    kind: str
    answer: str
    """The expression that the run evaluates."""
    choices: tuple[str, ...] = ()
    because: str = ""


@dataclass(frozen=True)
class Knob:
    """A literal of the program that may change: its line, what stands there, and what may."""

    name: str
    line: int
    literal: str
    values: tuple[str, ...]

    def turn(self, source: str, value: str) -> str:
        """The program with another value in the literal's place."""
        lines = source.split("\n")
        lines[self.line - 1] = lines[self.line - 1].replace(self.literal, value, 1)
        return "\n".join(lines)


@dataclass(frozen=True)
class Claim:
    """What must hold of an exercise's run: of what `see` comes to; with `ran`, that it ran; with `gone`, a rule's slug,
    that nothing of that kind is found wrong with it.

    `see` equals `expect`, up to `within` where that is given; or lies below `below` and above `above`.
    """

    says: str
    see: str = ""
    expect: str = ""
    within: str = ""
    below: str = ""
    above: str = ""
    ran: str = ""
    gone: str = ""

    @property
    def expressions(self) -> tuple[str, ...]:
        """What is evaluated when the program has ended: `see`, and what it is held against, in the order above."""
        against = (self.expect, self.within, self.below, self.above)
        return (self.see, *filter(None, against)) if self.see else ()


@dataclass(frozen=True)
class Labels:
    """What the rows and columns of some tensors are called, where their numbers fit; () leaves them their numbers."""

    names: frozenset[str]
    rows: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Exercise:
    """A program to complete, what is checked of its run, hints from faint to plain, and a solution."""

    task: str
    starter: Path
    solution: Path
    claims: tuple[Claim, ...]
    hints: tuple[str, ...]


@dataclass(frozen=True)
class Lesson:
    """A folder of plain files; nothing of it is executed by reading it."""

    name: str
    title: str
    summary: str
    order: int
    objectives: tuple[str, ...]
    code: Path
    minutes: int = 0
    max_steps: int = 0
    detail: int = 0
    """Iterations of each loop that are recorded before it is only measured, up to its end; 0 records all of it."""
    curve: bool = False
    """Whether what is sent backward is a loss whose curve is worth a pane."""
    compared: tuple[str, ...] = ()
    """The losses, by name, that are drawn in one picture, each from its own first pass; () draws all as they came."""
    landscape: tuple[str, ...] = ()
    """The one or two numbers over which the loss is shown, as the program calls them."""
    labels: tuple[Labels, ...] = ()
    folded: frozenset[int] = frozenset()
    """Lines that a walk passes quickly."""
    opening: str = ""
    """What stands above the first heading that quotes a line."""
    notes: tuple[Note, ...] = ()
    tables: tuple[Table, ...] = ()
    predicts: tuple[Predict, ...] = ()
    knobs: tuple[Knob, ...] = ()
    exercise: Exercise | None = None
    pack: str = ""
    """Whose it is, "" for a built-in one."""
