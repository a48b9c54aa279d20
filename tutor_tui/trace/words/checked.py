"""A comparison of gradients with finite differences, in words."""

from __future__ import annotations

from tutor_tui.protocol.messages import Checked, Difference
from tutor_tui.text.numbers import format_number, shape_text
from tutor_tui.trace.record.trace import Trace

AGREES = 1e-4
"""Relative error up to which a gradient counts as agreeing: what is left is the differences' own."""


def checked_text(trace: Trace, moment: int, checked: Checked) -> str:
    """What a check found, the worst input first by name; one or two sentences."""
    if checked.error:
        return f"No comparison with finite differences: {checked.error}."
    worst = max(checked.inputs, key=relative)
    verdict = "agree" if relative(worst) <= AGREES else "DISAGREE"
    tried, entries = sum(i.tried for i in checked.inputs), sum(i.entries for i in checked.inputs)
    amount = f"all {entries:,} entries" if tried == entries else f"{tried:,} of {entries:,} entries"
    amount = "its only entry" if entries == 1 else amount
    return (
        f"Gradients and finite differences {verdict} for {checked.what} (float64, {amount}). "
        f"Largest error {format_number(worst.error)}, in {_place(trace, moment, worst)}: "
        f"gradient {format_number(worst.analytic, 8)}, difference {format_number(worst.numeric, 8)}."
    )


def relative(difference: Difference) -> float:
    """The error over the larger of the two numbers, and over no less than 1."""
    return difference.error / max(1.0, abs(difference.analytic), abs(difference.numeric))


def _place(trace: Trace, moment: int, difference: Difference) -> str:
    name = trace.naming.name_of(difference.tensor, moment) or f"a tensor of {shape_text(difference.shape)}"
    return f"{name}[{', '.join(map(str, difference.index))}]" if difference.index else name
