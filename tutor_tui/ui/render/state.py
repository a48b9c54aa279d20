"""The names alive at a moment: value, shape, dtype, device, gradient."""

from __future__ import annotations

import math
from typing import NamedTuple

from tutor_tui.protocol.messages import Preview
from tutor_tui.trace.cursor import Cursor
from tutor_tui.trace.gradients import why_none
from tutor_tui.trace.memory import Shared, sharing
from tutor_tui.trace.numbers import format_values, shape_text
from tutor_tui.trace.safe import one_line
from tutor_tui.trace.story import value_text
from tutor_tui.trace.trace import Meaning, Trace
from tutor_tui.ui.render.rows import Row, plain, row

NAME = 22
"""Cells that a name may take; of a longer one the end is shown, which tells parameters apart."""
VALUE = 34
"""Cells that a value is filled up to at most, so that what follows stands in a column."""


class _Entry(NamedTuple):
    changed: bool
    name: str
    value: str
    kind: str
    gradient: str
    lit: bool


def state_rows(cursor: Cursor) -> list[Row]:
    """A row a name: the running call's first, then the module's. What this step changed has a `*`."""
    trace = cursor.trace
    if not len(trace):
        return []
    moment = cursor.moment
    scope = trace.scope(moment)
    shared = sharing(trace, moment)
    rows: list[Row] = []
    for number in dict.fromkeys((scope, 0)):
        names = trace.names(number, moment)
        if number == 0 and scope != 0 and names:
            rows.append(row(("— module —", "dim")))
        rows += _table(
            [_entry(cursor, number, name, meaning, shared.get(name, [])) for name, meaning in names.items()]
        )
    return rows


def name_at(cursor: Cursor, index: int) -> int | None:
    """The tensor that the name in a row means; None for a row without one."""
    trace, moment = cursor.trace, cursor.moment
    scope = trace.scope(moment)
    found: list[int | None] = []
    for number in dict.fromkeys((scope, 0)):
        names = trace.names(number, moment)
        if number == 0 and scope != 0 and names:
            found.append(None)
        found += [meaning.tensor for meaning in names.values()]
    return found[index] if index < len(found) else None


def first_changed(rows: list[Row]) -> int | None:
    """The first row that the step changed, None where it changed none."""
    return next((index for index, row in enumerate(rows) if plain(row).startswith("*")), None)


def _table(entries: list[_Entry]) -> list[Row]:
    name = max((len(e.name) for e in entries), default=0)
    value = max((len(e.value) for e in entries if len(e.value) <= VALUE), default=0)
    kind = max((len(e.kind) for e in entries), default=0)
    return [
        row(
            ("*" if e.changed or e.lit else " ", "changed"),
            f"{e.name:<{name}}  ",
            (f"{e.value:<{value}}", "changed" if e.changed else "value"),
            (f"  {e.kind:<{kind}}", "dim"),
            (f"  {e.gradient}" if e.gradient else "", "changed" if e.lit else "gradient"),
        )
        for e in entries
    ]


def _entry(cursor: Cursor, scope: int, name: str, meaning: Meaning, shared: list[Shared]) -> _Entry:
    trace, moment, first = cursor.trace, cursor.moment, cursor.stop.first
    changed = trace.name_changed(scope, name, first, moment)
    shown = one_line(name) if len(name) <= NAME else f"…{one_line(name)[1 - NAME :]}"
    if meaning.tensor is None:
        return _Entry(changed, shown, one_line(meaning.text), "", "", False)
    preview = trace.tensor(meaning.tensor, moment)
    changed = changed or trace.tensor_history(meaning.tensor).changed_in(first, moment)
    lit = trace.gradient_changed(meaning.tensor, first, moment)
    tracked = preview is not None and preview.requires_grad
    gradient = f"grad {gradient_text(trace, meaning.tensor, moment)}" if tracked else ""
    return _Entry(changed, shown, _values(preview), _kind(preview) + _memory(shared), gradient, lit)


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
    return f" ≡ {', '.join(one_line(s.name, 20) for s in shared[:3])}" if shared else ""


def _kind(preview: Preview | None) -> str:
    return f"{shape_text(preview.shape)} {preview.dtype} {preview.device}" if preview else ""


def gradient_text(trace: Trace, number: int, moment: int) -> str:
    """A tensor's `.grad`, or why there is none."""
    gradient = trace.gradient(number, moment)
    if gradient is not None:
        return value_text(gradient, 9)
    return f"none: {why_none(trace, number, moment)}"
