"""What there is to say of a name at a moment: each thing in several lengths."""

from __future__ import annotations

import math
from typing import NamedTuple

from tutor_tui.protocol.messages import Preview
from tutor_tui.text.numbers import format_number, format_values, shape_text, size_of
from tutor_tui.text.safe import one_line, safe
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.look.gradients import why_none
from tutor_tui.trace.look.shared import Shared
from tutor_tui.trace.record.naming import Meaning
from tutor_tui.ui.panes.said import Said

TEXT = 120
"""Characters of a plain value."""
MANY = 12
"""Numbers that are written out one after the other; of more the first ones, and how many there are."""


class Entry(NamedTuple):
    """A name. `value` and `gradient` are what one looks for; `rest` is told where there is room."""

    name: str
    changed: bool
    value: Said
    gradient: Said
    rest: tuple[Said, ...]
    tensor: int | None = None
    preview: Preview | None = None


def entry(cursor: Cursor, scope: int, name: str, meaning: Meaning, shared: list[Shared]) -> Entry:
    """What is known of a name of a call, and whether the step at a cursor has changed it."""
    trace, moment, first = cursor.trace, cursor.moment, cursor.stop.first
    changed = trace.naming.changed(scope, name, first, moment)
    name = " ".join(safe(name).split())
    memory = _memory(shared)
    if meaning.tensor is None:
        return Entry(
            name, changed, Said(_plain(one_line(meaning.text, TEXT)), _role(changed)), Said(("",), ""), memory
        )
    preview = trace.tensors.at(meaning.tensor, moment)
    changed = changed or trace.tensors.history(meaning.tensor).changed_in(first, moment)
    lit = trace.tensors.gradient_changed(meaning.tensor, first, moment)
    gradient, aside = _gradient(cursor, meaning.tensor, preview, lit)
    kind = (Said(_kind(preview), "dim"),) if preview is not None else ()
    value = Said(_values(preview), _role(changed))
    return Entry(name, changed or lit, value, gradient, (*memory, *kind, *aside), meaning.tensor, preview)


def _plain(text: str) -> tuple[str, ...]:
    """A plain value; of an array its numbers without the dtype, or how many they are."""
    numbers = text.removeprefix("array ").rpartition(" ")[0]
    if not text.startswith("array [") or "…" in numbers:
        return (text,)
    return text, f"array {numbers}", f"array of {numbers.count(',') + 1:,} numbers"


def _role(changed: bool) -> str:
    return "changed" if changed else "value"


def _gradient(
    cursor: Cursor, number: int, preview: Preview | None, lit: bool
) -> tuple[Said, tuple[Said, ...]]:
    """The `.grad`, or why there is none; of a result in between, where none is to be expected, that comes last."""
    if preview is None or not preview.requires_grad:
        return Said(("",), ""), ()
    gradient = cursor.trace.tensors.gradient(number, cursor.moment)
    if gradient is not None:
        return Said(tuple(f"grad {text}" for text in _values(gradient)), "changed" if lit else "gradient"), ()
    if not preview.is_leaf:
        return Said(("",), ""), (Said(("not a leaf", ""), "dim"),)
    return Said((f"grad none: {why_none(cursor.trace, number, cursor.moment)}", "grad none"), "dim"), ()


def _values(preview: Preview | None) -> tuple[str, ...]:
    """The numbers alone, fewer and fewer of them: the shape stands beside them."""
    if preview is None:
        return ("",)
    count = math.prod(preview.shape)
    if preview.values is None:
        return (f"({preview.note})" if preview.note else f"{count:,} numbers",)
    if count == 0:
        return ("[]",)
    if not isinstance(preview.values, list):
        return (format_number(preview.values),)
    total = size_of(preview.values)
    whole = (format_values(preview.values, limit=MANY),)
    few = (format_values(preview.values, limit=2), f"{total:,} numbers") if total > 1 else ()
    return (*dict.fromkeys((*whole, *few)),)


def _memory(shared: list[Shared]) -> tuple[Said, ...]:
    """With which other names it shares its memory."""
    if not shared:
        return ()
    names = ", ".join(one_line(s.name, 20) for s in shared[:3])
    return (Said((f"shares memory with {names}", f"memory of {names}", "shared memory", ""), "now"),)


def _kind(preview: Preview) -> tuple[str, ...]:
    shape = shape_text(preview.shape)
    return f"{shape} {preview.dtype} {preview.device}", f"{shape} {preview.dtype}", shape, ""
