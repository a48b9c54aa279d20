"""Where a value came from that is not finite, in words."""

from __future__ import annotations

from math import isfinite
from pathlib import PurePath

from tutor_tui.protocol.messages import Bad, Preview
from tutor_tui.text.numbers import format_number, shape_text
from tutor_tui.text.safe import one_line
from tutor_tui.trace.words.story import value_text

CODE = 60


def bad_text(bad: Bad) -> str:
    """One or two sentences."""
    if not bad.how:
        return f"No origin was found: {bad.error}."
    where = bad.name
    if bad.span is not None:
        file = PurePath(bad.span.file).name
        where = f"Line {bad.span.line} of {one_line(file, 30)}, {one_line(bad.text, CODE)}"
    made = _made(bad)
    there = [*bad.there, *[None] * len(bad.inputs)]
    of = "; ".join(_had(bad, p, value) for p, value in zip(bad.inputs, there, strict=False)) or "nothing"
    if bad.how == "backward":
        return f"{where}: on the way back in pass {bad.passes}, {bad.name} made {made}. It was given {of}."
    if bad.how == "update":
        return f"{where}: after pass {bad.passes}, {bad.name}() made {made} from finite numbers. It was given {of}."
    return f"{where}: in pass {bad.passes}, {bad.name} made {made}, the first non-finite value. It was given {of}."


def _name(bad: Bad, preview: Preview) -> str:
    return bad.names.get(preview.id, "a tensor")


def _made(bad: Bad) -> str:
    """What came out: all of what is small, the first bad value of what is not."""
    if not bad.outputs:
        return "a non-finite value"
    first = bad.outputs[0]
    if bad.place and _is_cut(first):
        return f"{_number(bad.value)} at {bad.place} of {shape_text(first.shape)}"
    return ", ".join(_shown(bad, p) for p in bad.outputs)


def _had(bad: Bad, preview: Preview, there: float | None) -> str:
    if there is not None and preview.shape and _is_cut(preview):
        return f"{_name(bad, preview)} = {_number(there)} there"
    return f"{_name(bad, preview)} = {_shown(bad, preview)}"


def _is_cut(preview: Preview) -> bool:
    return preview.values is None or "…" in value_text(preview)


def _number(value: float) -> str:
    return format_number(value) if isfinite(value) else str(value)


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
