"""The names alive at a moment: value, shape, dtype, device, gradient."""

from __future__ import annotations

from tutor_tui.protocol.messages import Preview
from tutor_tui.trace.cursor import Cursor
from tutor_tui.trace.numbers import shape_text
from tutor_tui.trace.safe import one_line
from tutor_tui.trace.story import value_text
from tutor_tui.trace.trace import Meaning, Trace
from tutor_tui.ui.render.rows import Row, row


def state_rows(cursor: Cursor) -> list[Row]:
    """A row a name: the running call's first, then the module's. What this step changed is lit, with a `*`."""
    trace = cursor.trace
    if not len(trace):
        return []
    moment = cursor.moment
    scope = trace.scope(moment)
    rows: list[Row] = []
    for number in dict.fromkeys((scope, 0)):
        names = trace.names(number, moment)
        if number == 0 and scope != 0 and names:
            rows.append(row(("— module —", "dim")))
        rows += [_name_row(cursor, number, name, meaning) for name, meaning in names.items()]
    return rows


def _name_row(cursor: Cursor, scope: int, name: str, meaning: Meaning) -> Row:
    trace, moment, stop = cursor.trace, cursor.moment, cursor.stop
    first, last = stop.first, moment
    changed = trace.name_changed(scope, name, first, last)
    shown = f"{one_line(name):<8} "
    if meaning.tensor is None:
        return row(("*" if changed else " ", "changed"), shown, (one_line(meaning.text), "value"))
    preview = trace.tensor(meaning.tensor, moment)
    changed = changed or trace.tensor_history(meaning.tensor).changed_in(first, last)
    lit = trace.gradient_changed(meaning.tensor, first, last)
    pieces = [
        ("*" if changed or lit else " ", "changed"),
        (shown, ""),
        (f"{value_text(preview, 9):<8}", "changed" if changed else "value"),
        (f"  {_kind(preview)}", "dim"),
        (f"  grad {gradient_text(trace, meaning.tensor, moment)}", "changed" if lit else "gradient"),
    ]
    return tuple(pieces) if preview is not None and preview.requires_grad else tuple(pieces[:-1])


def _kind(preview: Preview | None) -> str:
    return f"{shape_text(preview.shape)} {preview.dtype} {preview.device}" if preview else ""


def gradient_text(trace: Trace, number: int, moment: int) -> str:
    """A tensor's `.grad`, or why there is none."""
    gradient = trace.gradient(number, moment)
    if gradient is not None:
        return value_text(gradient, 9)
    preview = trace.tensor(number, moment)
    if preview is None or not preview.requires_grad:
        return "none: does not require grad"
    if not preview.is_leaf:
        return "none: not a leaf"
    if not trace.loss_before(moment):
        return "none: backward has not run"
    return "none"
