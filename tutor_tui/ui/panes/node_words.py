"""The numbers of a node of the graph, as they are written on the screen."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tutor_tui.protocol.messages import Preview
from tutor_tui.text.numbers import shape_text
from tutor_tui.trace.record.nodes import Part
from tutor_tui.trace.words.story import value_text

PARTS = 6
"""Gradients that are written out where many meet, and rules where many go on; of more, the number is said."""


def value_lengths(preview: Preview) -> tuple[str, ...]:
    """A value, and of one with several numbers how many they are, or their shape."""
    whole, some = value_text(preview, 6), value_text(preview, 2)
    if not preview.shape:
        return (whole,)
    count = shape_text(preview.shape) if len(preview.shape) > 1 else f"{preview.shape[0]:,} numbers"
    return tuple(dict.fromkeys((whole, some, count))) if math.prod(preview.shape) > 1 else (whole,)


def by_output(parts: Sequence[Part]) -> list[list[Part]]:
    """The gradients that have arrived, those for one output of the node together."""
    found: dict[int, list[Part]] = {}
    for part in parts:
        found.setdefault(part.output, []).append(part)
    return [found[output] for output in sorted(found)]


def sum_text(parts: Sequence[Part]) -> str:
    """The gradients that have arrived along several edges, as they are added up; of several outputs, one by one."""
    if len(outputs := by_output(parts)) > 1:
        some = ", ".join(sum_text(output) for output in outputs[:PARTS])
        return f"{some}, … {len(outputs):,} outputs" if len(outputs) > PARTS else some
    shown = " + ".join(value_text(p.gradient, 4) for p in parts[:PARTS])
    return f"{shown} + … {len(parts):,} in all" if len(parts) > PARTS else shown


def came_in(parts: Sequence[Part], incoming: Preview) -> tuple[str, ...]:
    """What came to a node in all, in several lengths: parts of one output make a sum, those of several none."""
    totals = value_lengths(incoming)
    if len(by_output(parts)) > 1:
        return sum_text(parts), f"for {len(by_output(parts))} outputs"
    return (f"{sum_text(parts)} = {totals[0]}", *totals) if len(parts) > 1 else totals
