"""The names alive at a moment as rows: value and gradient first, then what there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tutor_tui.lessons.model import Labels
from tutor_tui.protocol.messages import Failure, Update
from tutor_tui.text.safe import one_line
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.look.operands import Operand, operands
from tutor_tui.trace.look.shared import sharing
from tutor_tui.trace.words.optimizer_rules import update_lines
from tutor_tui.ui.panes.matrix import NO_LABELS, matrix_rows
from tutor_tui.ui.panes.rows import Piece, Row, plain, row
from tutor_tui.ui.panes.said import GAP, Said, shortened, side_by_side, size
from tutor_tui.ui.panes.state_entries import Entry, entry

NAME = 26
"""Cells that the column of names takes at most; a longer one is shortened at the front, or has a row of its own."""
VALUE = 34
"""Cells that a value is filled up to at most, so that the gradients stand in a column."""
MATRIX = 8
"""Rows of a matrix that are laid out; the inspector has them all."""


class State(NamedTuple):
    """The rows of the pane, and of each row the tensor it is about."""

    rows: list[Row]
    tensors: list[int | None]
    least: int = 0
    """Rows that it would take with one a name."""

    def first_changed(self) -> int | None:
        """The first row that the step changed, or that says how; None where it changed none."""
        if self.rows and self.rows[0] and self.rows[0][0][1] == "title":
            return 0
        return next((n for n, row in enumerate(self.rows) if plain(row).startswith("*")), None)


def state(cursor: Cursor, width: int = 80, height: int | None = None, labels: Sequence[Labels] = ()) -> State:
    """A row a name: the running call's first, then the module's. What this step changed has a `*`.

    With rows to spare, those of `height` (None has no end), matrices are laid out as such and what does not fit on
    its row goes on below; what has changed comes first. `labels` are a lesson's for some matrices.
    """
    return AllSaid(cursor, width, labels).within(height)


class AllSaid:
    """What there is to say of a moment in a pane of some width, before it is known how many rows it has."""

    def __init__(self, cursor: Cursor, width: int, labels: Sequence[Labels]) -> None:
        self._above = _above(cursor, width)
        groups = _groups(cursor) if len(cursor.trace) else {}
        self._tables = {number: _Table(entries, width, labels) for number, entries in groups.items()}
        self._headed = len(groups) > 1 and bool(groups[0])
        self.whole = self.within(None)

    def within(self, height: int | None) -> State:
        """In so many rows, None for as many as it takes."""
        found = State([*self._above.rows], [*self._above.tensors])
        fixed = len(found.rows) + self._headed
        blocks = _laid_out(self._tables, None if height is None else height - fixed)
        for number, table in self._tables.items():
            if number == 0 and self._headed:
                found.rows.append(row(("— module —", "dim")))
                found.tensors.append(None)
            for named, block in zip(table.entries, blocks[number], strict=True):
                found.rows.extend(block)
                found.tensors.extend([named.tensor] * len(block))
        return found._replace(least=fixed + sum(len(table.entries) for table in self._tables.values()))


def _groups(cursor: Cursor) -> dict[int, list[Entry]]:
    """The names of the running call, and those of the module, by the number of their call."""
    naming, moment = cursor.trace.naming, cursor.moment
    shared = sharing(cursor.trace, moment)
    return {
        number: [
            entry(cursor, number, *item, shared.get(item[0], []))
            for item in naming.names(number, moment).items()
        ]
        for number in dict.fromkeys((naming.scope(moment), 0))
    }


def _above(cursor: Cursor, width: int) -> State:
    """What stands above the names: an optimizer's rule, or what an operation that failed was given."""
    trace = cursor.trace
    found = State([], [])
    if not len(trace):
        return found
    for text in update_lines(trace, cursor.index) if isinstance(cursor.step, Update) else ():
        found.rows.extend(_rule_rows(text, ": " in text, width))
    found.tensors.extend([None] * len(found.rows))
    if isinstance(cursor.step, Failure):
        given = operands(trace, cursor.step)
        found.rows.extend(_operand_rows(cursor.step, given, width))
        found.tensors.extend([None, *(operand.preview.id for operand in given)] if given else [])
    return found


def _operand_rows(failure: Failure, given: Sequence[Operand], width: int) -> list[Row]:
    """What the operation that failed was given: below one another, the sizes that clash in brackets."""
    if not given:
        return []
    names = max(min(len(operand.name), max(8, width // 2)) for operand in given)
    shapes = [_shape(operand) for operand in given]
    room = max(len(plain(shape)) for shape in shapes)
    devices = len({operand.preview.device for operand in given}) > 1
    found = [row((f"{failure.operation} was given", "title"))]
    for operand, shape in zip(given, shapes, strict=True):
        name = one_line(operand.name, names)
        filled = " " * (room - len(plain(shape)))
        found.append(
            row(
                f"  {name:<{names}}  ",
                *shape,
                f"{filled}  ",
                (operand.preview.dtype, "dim"),
                " ",
                (operand.preview.device, "error" if devices else "dim"),
            )
        )
    return found


def _shape(operand: Operand) -> Row:
    """`5×[8]`: a size that clashes is marked by its brackets, for there may be no colour."""
    if not operand.preview.shape:
        return row("scalar")
    found: list[Piece] = []
    for dimension, count in enumerate(operand.preview.shape):
        found += [("×", "")] if dimension else []
        clashing = dimension in operand.clashing
        found.append((f"[{count}]" if clashing else str(count), "error" if clashing else ""))
    return tuple(found)


def _rule_rows(line: str, heading: bool, width: int) -> list[Row]:
    """A line of an optimizer's rule; where it does not fit, the numbers below the formula."""
    if heading:
        return [row((line, "title"))]
    name, formula, numbers, value = line.split(" = ")
    if len(line) + 2 <= width:
        return [row("  ", (line, "value"))]
    return [row(f"  {name} = {formula}"), row("    = ", (f"{numbers} = {value}", "value"))]


def _laid_out(tables: dict[int, _Table], height: int | None) -> dict[int, list[list[Row]]]:
    """The rows of each name: one, or as many as show all of it where there are rows to spare."""
    blocks = {number: [[short] for short in table.short] for number, table in tables.items()}
    left = None if height is None else height - sum(map(len, blocks.values()))
    places = [(not e.changed, number, n) for number, t in tables.items() for n, e in enumerate(t.entries)]
    for _, number, n in sorted(places):
        for longer in tables[number].longer[n]:
            if left is None or len(longer) - 1 <= left:
                left = None if left is None else left - (len(longer) - 1)
                blocks[number][n] = longer
                break
    return blocks


class _Table:
    """Names of one call, with a column for the names and one for the values."""

    def __init__(self, entries: Sequence[Entry], width: int, labels: Sequence[Labels]) -> None:
        self.entries = entries
        self._labels = labels
        self._width = width
        limit = min(NAME, max(8, width // 3))
        self._names = max((min(len(e.name), limit) for e in entries), default=0)
        values = [len(e.value.lengths[0]) for e in entries]
        self._values = max((v for v in values if v <= min(VALUE, width // 3)), default=0)
        self.short = [self._short(e) for e in entries]
        self.longer = [self._longer(e) for e in entries]

    def _short(self, entry: Entry) -> Row:
        """All in one row: each thing as long as there is room for it, the value and the gradient first."""
        name = entry.name
        if len(name) > self._names:
            name = f"…{name[len(name) - self._names + 1 :]}"
        room = self._width - 1 - self._names
        said = shortened(self._said(entry), room, first=2)
        aligned = [said[0]._replace(lengths=(f"{said[0].text:<{self._values}}",)), *said[1:]]
        if not any(s.text for s in said[1:]) or size(aligned) > room:
            aligned = said
        return (self._mark(entry), (f"{name:<{self._names}}", ""), *side_by_side(aligned))

    def _longer(self, entry: Entry) -> list[list[Row]]:
        """In more rows, the most generous first: a matrix as such; what did not fit below."""
        found = []
        whole = [Said(said.lengths[:1], said.role) for said in self._said(entry)]
        if (matrix := self._matrix(entry)) is not None:
            others = [Said(("as below",), "dim"), *whole[1:]]
            found.append([*self._folded(entry, others), *matrix])
        if len(entry.name) > self._names or size(whole) > self._width - 1 - self._names:
            found.append(self._folded(entry, whole))
        return found

    def _matrix(self, entry: Entry) -> list[Row] | None:
        preview = entry.preview
        if preview is None or preview.values is None or len(preview.shape) != 2 or 0 in preview.shape:
            return None
        names = next((labels for labels in self._labels if entry.name in labels.names), NO_LABELS)
        return [row("     ", *line) for line in matrix_rows(preview.values, self._width - 6, MATRIX, names)]

    def _said(self, entry: Entry) -> list[Said]:
        return [entry.value, entry.gradient, *entry.rest]

    def _mark(self, entry: Entry) -> Piece:
        return ("*" if entry.changed else " ", "changed")

    def _folded(self, entry: Entry, said: Sequence[Said]) -> list[Row]:
        """One thing after the other, each on the next row where it does not fit behind the one before."""
        indent = self._names + 1
        head: Row = (self._mark(entry), (f"{entry.name:<{self._names}}", ""))
        rows = [head]
        if len(entry.name) > self._names:
            rows.append(((" " * indent, ""),))
        for text, role in (s.piece for s in said if s.text):
            for number, part in enumerate(_parts(text, max(8, self._width - indent - len(GAP)))):
                used = len(plain(rows[-1]))
                if number or (used + len(GAP) + len(part) > self._width and used > indent):
                    rows.append(((" " * indent, ""),))
                rows[-1] = (*rows[-1], (GAP, ""), (part, role))
        return rows


def _parts(text: str, width: int) -> list[str]:
    """A text in pieces of at most `width` characters, each ending behind a comma or a word."""
    found = [""]
    for word in text.split(" "):
        if found[-1] and len(found[-1]) + 1 + len(word) > width:
            found.append("")
        found[-1] = f"{found[-1]} {word}".strip()
    return found
