"""Where a value came from that is not finite, in words."""

from __future__ import annotations

from tutor_tui.protocol.messages import Bad, Preview
from tutor_tui.trace.numbers import format_number
from tutor_tui.trace.safe import one_line
from tutor_tui.trace.story import value_text

CODE = 60


def bad_text(bad: Bad) -> str:
    """One or two sentences."""
    if not bad.how:
        return f"No origin was found: {bad.error}."
    where = f"Line {bad.span.line}, {one_line(bad.text, CODE)}" if bad.span is not None else bad.name
    made = ", ".join(_shown(bad, p) for p in bad.outputs) or "a value that is not finite"
    of = "; ".join(f"{_name(bad, p)} = {_shown(bad, p)}" for p in bad.inputs) or "nothing"
    if bad.how == "backward":
        return f"{where}: on the way back in pass {bad.passes}, {bad.name} made {made}. It had {of}."
    if bad.how == "update":
        return f"{where}: behind pass {bad.passes}, {bad.name}() made {made} of finite numbers. It had {of}."
    return f"{where}: in pass {bad.passes}, {bad.name} made {made}, the first value that is not finite. It had {of}."


def _name(bad: Bad, preview: Preview) -> str:
    return bad.names.get(preview.id, "a tensor")


def _shown(bad: Bad, preview: Preview) -> str:
    stats = preview.stats
    if stats is None:
        return value_text(preview)
    counted = [f"{n} {word}" for n, word in ((stats.nan, "nan"), (stats.inf, "inf")) if n]
    if stats.min is None or stats.max is None:
        ends = "no finite number"
    else:
        ends = f"finite from {format_number(stats.min)} to {format_number(stats.max)}"
    return f"{value_text(preview)} ({', '.join([*counted, ends])})"
