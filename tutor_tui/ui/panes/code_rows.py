"""The program's text with the running line and the very sub-expression marked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence, Set
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from tutor_tui.protocol.messages import Accumulate, Backward, Failure, Finding, Loss, Op, Span
from tutor_tui.text.fit import cuts
from tutor_tui.text.safe import one_line, safe
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.words.story import value_text
from tutor_tui.ui.panes.rows import LazyRows, Row, clip, from_character, over, plain
from tutor_tui.ui.panes.syntax import highlighted

FORWARD, BACKWARD, FAILED = "▶", "◀", "✗"
FOUND = {"mistake": "✗", "notice": "!", "": " "}
"""The mark beside the number of a line in which something is wrong."""
SIGNS = 2
"""Cells beside a line's number: the mark of where one stands, and that of a breakpoint."""
NARROWEST = 24
"""Characters of a row at least."""
FOLDED = 5000
"""Lines of a file whose long lines go on below; in a longer one the pane scrolls sideways."""
PARTS = 40
"""Rows of one line at most."""
DEEPER, MOST_INDENT = 2, 16
"""Cells by which those rows begin further in than the line does, and at most."""


class Where(NamedTuple):
    """What the code pane points at: a file, a line of it, and maybe a piece of source."""

    file: str
    line: int
    span: Span | None
    direction: str


def run_by_library(cursor: Cursor) -> Op | None:
    """The operation that a step is about, where a library ran it; None where the program's own line did it all."""
    step = cursor.step if len(cursor.trace) else None
    op = cursor.trace.nodes.op(step.node) if isinstance(step, Backward) else step
    return op if isinstance(op, Op) and op.library is not None else None


def where(cursor: Cursor, in_library: bool = False) -> Where:
    """The place in the source that a step is about; backward steps point at what they differentiate.

    `in_library` asks for the library's line, where one ran the step.
    """
    trace = cursor.trace
    if not len(trace):
        return Where(next(iter(trace.sources), ""), 0, None, FORWARD)
    step = cursor.step
    line = trace.lines.at(cursor.moment)
    here = (
        Where(line.file, line.line, None, FORWARD)
        if line
        else Where(next(iter(trace.sources), ""), 0, None, FORWARD)
    )
    if in_library and (op := run_by_library(cursor)) is not None and op.library is not None:
        direction = BACKWARD if isinstance(step, Backward) else FORWARD
        return Where(op.library.file, op.library.line, op.library, direction)
    match step:
        case Op(span=Span() as span):
            return Where(span.file, span.line, span, FORWARD)
        case Loss(span=Span() as span):
            return Where(span.file, span.line, span, BACKWARD)
        case Backward():
            op = trace.nodes.op(step.node)
            return here._replace(span=op.span if op else None, direction=BACKWARD)
        case Accumulate(incoming=incoming) if incoming is not None:
            return here._replace(direction=BACKWARD)
        case Failure() if (place := trace.sources.innermost(step.frames)) is not None:
            return Where(place.file, place.line, step.span, FAILED)
    return here


def _file(place: Where) -> str:
    return place.span.file if place.span is not None else place.file


def longest_line(cursor: Cursor, in_library: bool = False) -> int:
    """Characters of the longest line of the file one stands in."""
    return _longest(cursor.trace.sources.of(_file(where(cursor, in_library))))


class CodeRows(LazyRows):
    """The file one stands in; a row is made only when it is looked at."""

    def __init__(
        self,
        cursor: Cursor,
        breakpoints: Set[tuple[str, int]] = frozenset(),
        in_library: bool = False,
        width: int = 1000,
    ) -> None:
        super().__init__()
        self._width = width
        self._trace = cursor.trace
        self._moment = cursor.moment
        self.place = where(cursor, in_library)
        self.file = _file(self.place)
        self._breakpoints = breakpoints
        self._found = {(f.file, f.line): f.level for f in sorted(cursor.trace.findings, key=_is_mistake)}
        self._library = op.place if in_library and (op := run_by_library(cursor)) is not None else ""
        self._source = cursor.trace.sources.of(self.file)
        self._lines = _lines(self._source)
        self._digits = max(2, len(str(len(self._lines))))
        self._folds = _folds(self._source, max(NARROWEST, width - self._digits - SIGNS))

    def __len__(self) -> int:
        return len(self._lines) + self._folds.total

    def make(self, index: int) -> Row:
        """A line with its number and marks, or a part of one that goes on below."""
        number, part = self._folds.place(index)
        row = self._row(number + 1, self._lines[number])
        places = self._folds.cuts.get(number)
        return row if places is None else self._part(row, places, part)

    @property
    def lines(self) -> int:
        """How many lines the file has."""
        return len(self._lines)

    def line(self, index: int) -> int:
        """The number of the line, from 1, that stands in a row."""
        return self._folds.place(index)[0] + 1

    def row(self, number: int) -> int:
        """The row in which a line, from 1, begins."""
        return self._folds.row(number - 1)

    @property
    def focus(self) -> int:
        """The row to keep in sight: of the sub-expression that ran, where it is known."""
        span = self.place.span
        number = max(0, (span.line if span is not None else self.place.line) - 1)
        places = self._folds.cuts.get(number, ()) if (extent := self.extent()) is not None else ()
        return self._folds.row(number) + sum(place <= extent[0] for place in places if extent is not None)

    def _part(self, row: Row, places: Sequence[int], part: int) -> Row:
        """One of the rows of a line that is too long for one; the last has what the line has bound."""
        gutter, text = row[0], row[1:]
        start = places[part - 1] if part else 0
        rest = from_character(text, start)
        shown = clip(rest, places[part] - start) if part < len(places) else rest
        if not part:
            return (gutter, *shown)
        return ((" " * len(gutter[0]), ""), (" " * _indent(plain(text)), ""), *shown)

    def extent(self) -> tuple[int, int] | None:
        """The first and the last column, from 0, of the sub-expression on its first line; None where there is none."""
        span = self.place.span
        if span is None or not 0 < span.line <= len(self._lines):
            return None
        text = self._lines[span.line - 1]
        end = span.end_column if span.end_line == span.line else len(text)
        return len(_shown(text[: span.column])), len(_shown(text[:end]))

    def title(self) -> str:
        """The file, the call one is in, how deep, and how often its line has run so far."""
        if self._library:
            return f"{self.file.rsplit('/', 1)[-1]} · {self._library}"
        line = self._trace.lines.at(self._moment)
        parts = [self.file.rsplit("/", 1)[-1]] if self.file else []
        if line is not None:
            if line.function != "<module>":
                deep = f", {line.depth} deep" if line.depth > 1 else ""
                parts.append(f"{line.function}(){deep}")
            done, total = self._trace.lines.times_run(line.file, line.line, self._moment)
            if total > 1:
                parts.append(f"line {line.line}: {done} of {total}")
        return " · ".join(parts)

    def _row(self, number: int, text: str) -> Row:
        place, span = self.place, self.place.span
        running = number == place.line and self.file == place.file
        covered = span is not None and span.line <= number <= span.end_line
        role = {BACKWARD: "backward", FAILED: "error"}.get(place.direction, "forward")
        glyph = place.direction if running or covered else " "
        found = self._found.get((self.file, number), "")
        stop = "●" if (self.file, number) in self._breakpoints else FOUND[found]
        marked = {"mistake": "error", "notice": "changed"}.get(found, "dim")
        gutter = (f"{glyph}{number:>{self._digits}}{stop}", role if running or covered else marked)
        coloured = highlighted(_shown(self._source))
        pieces = coloured[number - 1] if number <= len(coloured) else ((_shown(text), ""),)
        if running and not covered:
            pieces = tuple((piece, "now") for piece, _ in pieces)
        if span is not None and covered:
            start = span.column if number == span.line else len(text) - len(text.lstrip())
            end = span.end_column if number == span.end_line else len(text)
            pieces = over(pieces, len(_shown(text[:start])), len(_shown(text[:end])), role)
        places = self._folds.cuts.get(number - 1)
        used = len(_shown(text)) - places[-1] + _indent(_shown(text)) if places else len(_shown(text))
        return (gutter, *pieces, *self._ghost(number, self._width - len(gutter[0]) - used))

    def _ghost(self, number: int, room: int) -> Row:
        """What the line has bound last, as much of it as there is room for: the state has it all."""
        bound = self._trace.lines.bound_at(self.file, number, self._moment)
        said = [f"{b.name} = {one_line(b.text or value_text(b.preview, 4), 24)}" for b in bound[:3]]
        while said and len(text := f"   {', '.join(said)}") > room:
            said.pop()
        return ((text, "ghost"),) if said else ()


def _is_mistake(finding: Finding) -> bool:
    return finding.level == "mistake"


@lru_cache(maxsize=64)
def _lines(source: str) -> list[str]:
    lines = source.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return lines


class _Folds:
    """Where the lines of a file are cut that are longer than a pane is wide."""

    def __init__(self, cuts: dict[int, tuple[int, ...]]) -> None:
        self.cuts = cuts
        """By line, from 0, the characters before which it goes on below."""
        self.total = sum(map(len, cuts.values()))
        """Rows that the file takes besides one a line."""
        self._lines = sorted(cuts)
        self._before = [0, *accumulate(len(cuts[line]) for line in self._lines)]
        self._ends = [line + taken for line, taken in zip(self._lines, self._before[1:], strict=True)]
        """The last rows of those lines."""

    def place(self, index: int) -> tuple[int, int]:
        """The line that stands in a row, and which of its parts."""
        at = bisect_left(self._ends, index)
        line = index - self._before[at]
        if at < len(self._lines) and line > self._lines[at]:
            return self._lines[at], line - self._lines[at]
        return line, 0

    def row(self, line: int) -> int:
        """The row in which a line begins."""
        return line + self._before[bisect_left(self._lines, line)]


@lru_cache(maxsize=64)
def _folds(source: str, width: int) -> _Folds:
    lines = _lines(source)
    if len(lines) > FOLDED:
        return _Folds({})
    shown = ((n, _shown(line)) for n, line in enumerate(lines))
    found = {n: cuts(text, width, width - _indent(text), PARTS) for n, text in shown if len(text) > width}
    return _Folds({n: tuple(places) for n, places in found.items()})


def _indent(text: str) -> int:
    """How far the rows below begin of a line that goes on."""
    return min(len(text) - len(text.lstrip()) + DEEPER, MOST_INDENT)


@lru_cache(maxsize=64)
def _longest(source: str) -> int:
    return max((len(line.expandtabs(4)) for line in source.split("\n")), default=0)


@lru_cache(maxsize=4096)
def _shown(text: str) -> str:
    return "\n".join(safe(line.rstrip("\r").expandtabs(4)) for line in text.split("\n"))
