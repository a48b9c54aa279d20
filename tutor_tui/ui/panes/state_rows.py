"""The names alive at a moment: value, shape, dtype, device, gradient."""

from __future__ import annotations

import math
from typing import NamedTuple

from tutor_tui.protocol.messages import Preview, Update
from tutor_tui.text.numbers import format_values, shape_text
from tutor_tui.text.safe import one_line
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.look.gradients import why_none
from tutor_tui.trace.look.shared import Shared, sharing
from tutor_tui.trace.record.naming import Meaning
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.optimizer_rules import update_lines
from tutor_tui.trace.words.story import value_text
from tutor_tui.ui.panes.matrix import matrix_rows
from tutor_tui.ui.panes.rows import Row, plain, row

NAME = 22
"""Cells that a name may take; of a longer one the end is shown, which tells parameters apart."""
NARROW = 60
"""Cells below which a pane is narrow."""
VALUE = 34
"""Cells that a value is filled up to at most, so that what follows stands in a column."""


MARK = 9
"""Cells that the names take which share a memory, in a narrow pane."""
MATRIX = 8
"""Rows of a matrix that are laid out; the inspector has them all."""


class _Entry(NamedTuple):
    changed: bool
    name: str
    value: str
    kind: str
    gradient: str
    lit: bool
    tensor: int | None = None
    matrix: tuple[Row, ...] = ()
    memory: str = ""


class State(NamedTuple):
    """The rows of the pane, and of each row the tensor it is about."""

    rows: list[Row]
    tensors: list[int | None]

    def first_changed(self) -> int | None:
        """The first row that the step changed, or that says how; None where it changed none."""
        if self.rows and self.rows[0] and self.rows[0][0][1] == "title":
            return 0
        return next((n for n, row in enumerate(self.rows) if plain(row).startswith("*")), None)


def state(cursor: Cursor, width: int = 80, height: int = 0) -> State:
    """A row a name: the running call's first, then the module's. What this step changed has a `*`.

    As many matrices as fit into `height` rows of `width` cells are laid out as such, the changed ones
    first; the others stand in one row each.
    """
    trace = cursor.trace
    found = State([], [])
    if not len(trace):
        return found
    for text in update_lines(trace, cursor.index) if isinstance(cursor.step, Update) else ():
        found.rows.extend(_rule_rows(text, ": " in text, width))
    found.tensors.extend([None] * len(found.rows))
    moment = cursor.moment
    scope = trace.naming.scope(moment)
    shared = sharing(trace, moment)
    entries: dict[int, list[_Entry]] = {}
    for number in dict.fromkeys((scope, 0)):
        names = trace.naming.names(number, moment)
        entries[number] = [_entry(cursor, number, *item, shared.get(item[0], [])) for item in names.items()]
    if height:
        _lay_out(cursor, entries, width, height)
    for number, group in entries.items():
        if number == 0 and scope != 0 and group:
            found.rows.append(row(("— module —", "dim")))
            found.tensors.append(None)
        for entry, line in zip(group, _table(group, width < NARROW), strict=True):
            found.rows.extend((line, *entry.matrix))
            found.tensors.extend([entry.tensor] * (1 + len(entry.matrix)))
    return found


def _rule_rows(line: str, heading: bool, width: int) -> list[Row]:
    """A line of an optimizer's rule; where it does not fit, the numbers below the formula."""
    if heading:
        return [row((line, "title"))]
    name, formula, numbers, value = line.split(" = ")
    if len(line) + 2 <= width:
        return [row("  ", (line, "value"))]
    return [row(f"  {name} = {formula}"), row("    = ", (f"{numbers} = {value}", "value"))]


def _lay_out(cursor: Cursor, entries: dict[int, list[_Entry]], width: int, height: int) -> None:
    """Give matrices their rows as long as there is room for all that must be shown."""
    left = height - sum(map(len, entries.values())) - (len(entries) - 1)
    places = [(not e.changed, group, n) for group, es in entries.items() for n, e in enumerate(es)]
    for _, group, n in sorted(places):
        entry = entries[group][n]
        preview = cursor.trace.tensors.at(entry.tensor, cursor.moment) if entry.tensor is not None else None
        if preview is None or preview.values is None or len(preview.shape) != 2 or 0 in preview.shape:
            continue
        matrix = [row("     ", *line) for line in matrix_rows(preview.values, width - 6, MATRIX)]
        if len(matrix) <= left:
            left -= len(matrix)
            entries[group][n] = entry._replace(matrix=tuple(matrix), value="as below")


def _table(entries: list[_Entry], narrow: bool) -> list[Row]:
    """In a narrow pane the gradient stands before shape and dtype, which one can do without there.

    What a name shares its memory with stands before its value there, and takes little room.
    """
    limit = VALUE // 3 if narrow else VALUE
    name = max((len(e.name) for e in entries), default=0)
    value = max((len(e.value) for e in entries if len(e.value) <= limit), default=0)
    kind = max((len(e.kind) for e in entries), default=0)
    shared = [one_line(e.memory, MARK) if narrow else e.memory for e in entries]
    memory = max(map(len, shared), default=0)
    rows = []
    for e, mark in zip(entries, shared, strict=True):
        gradient = (f"  {e.gradient}" if e.gradient else "", "changed" if e.lit else "gradient")
        rest = [gradient, (f"  {e.kind}", "dim")] if narrow else [(f"  {e.kind:<{kind}}", "dim"), gradient]
        shown = [(f"{e.value:<{value}}", "dim" if e.matrix else "changed" if e.changed else "value")]
        marks = [(f"{mark:<{memory}}", "now")] if memory else []
        gap = ("  ", "")
        marks = ([*marks, gap] if narrow else [gap, *marks]) if marks else []
        rows.append(
            row(
                ("*" if e.changed or e.lit else " ", "changed"),
                f"{e.name:<{name}}  ",
                *([*marks, *shown] if narrow else [*shown, *marks]),
                *rest,
            )
        )
    return rows


def _entry(cursor: Cursor, scope: int, name: str, meaning: Meaning, shared: list[Shared]) -> _Entry:
    trace, moment, first = cursor.trace, cursor.moment, cursor.stop.first
    changed = trace.naming.changed(scope, name, first, moment)
    shown = one_line(name) if len(name) <= NAME else f"…{one_line(name)[1 - NAME :]}"
    if meaning.tensor is None:
        return _Entry(changed, shown, one_line(meaning.text), "", "", False, memory=_memory(shared))
    preview = trace.tensors.at(meaning.tensor, moment)
    changed = changed or trace.tensors.history(meaning.tensor).changed_in(first, moment)
    lit = trace.tensors.gradient_changed(meaning.tensor, first, moment)
    tracked = preview is not None and preview.requires_grad
    gradient = f"grad {gradient_text(trace, meaning.tensor, moment)}" if tracked else ""
    memory = _memory(shared)
    return _Entry(changed, shown, _values(preview), _kind(preview), gradient, lit, meaning.tensor, (), memory)


def _values(preview: Preview | None) -> str:
    """The numbers alone: the shape stands beside them."""
    if preview is None:
        return ""
    if preview.values is None:
        return f"({preview.note})" if preview.note else f"{math.prod(preview.shape):,} numbers"
    if 0 in preview.shape:
        return "[]"
    return format_values(preview.values, limit=9)


def _memory(shared: list[Shared]) -> str:
    """`≡ a` for memory that is shared with the name a."""
    return f"≡ {', '.join(one_line(s.name, 20) for s in shared[:3])}" if shared else ""


def _kind(preview: Preview | None) -> str:
    return f"{shape_text(preview.shape)} {preview.dtype} {preview.device}" if preview else ""


def gradient_text(trace: Trace, number: int, moment: int) -> str:
    """A tensor's `.grad`, or why there is none."""
    gradient = trace.tensors.gradient(number, moment)
    if gradient is not None:
        return value_text(gradient, 9)
    return f"none: {why_none(trace, number, moment)}"
