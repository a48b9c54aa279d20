"""The loss at the end of the run is no lower than at its beginning.

Evidence: the one loss that was sent backward, over `PASSES` passes or more: the mean of the last fifth is not below
that of the first fifth by `PART` of it. Legal twins: GANs, and reinforcement learning, whose losses tell little (no
`multinomial` draws what to do); runs that go on from a trained model; a loss that is 0 already. Source: the curve
itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence, told
from tutor_tui.protocol.messages import Finding
from tutor_tui.text.numbers import format_number

LEVEL = "notice"
PASSES = 40
"""Passes from which on a loss should have come down."""
PART = 0.01
"""The part of it by which it should have."""
FIFTH = 5


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once, for a program with one loss."""
    trace = evidence.trace
    curves = trace.curves.of("loss")
    losses = list(evidence.losses())
    if len(curves) != 1 or not losses or trace.failure is not None or not evidence.training.optimizers:
        return
    if any(op.name == "multinomial" and op.seq < losses[-1].seq for op in evidence.ops):
        return
    values = [value for value in curves[0].ys if math.isfinite(value)]
    if len(values) < PASSES or len(values) < len(curves[0].ys):
        return
    part = len(values) // FIFTH
    first, last = sum(values[:part]) / part, sum(values[-part:]) / part
    if first > 0 and last > (1 - PART) * first:
        yield told(
            trace,
            losses[-1],
            f"{curves[0].name} was {format_number(first)} in the mean over the first {part} passes, and is "
            f"{format_number(last)} over the last {part}.",
            "What a model learns shows in its loss. This one has "
            + ("not come down." if last >= first else "hardly come down."),
            "Look at the other findings first; then try learning rates ten times larger and smaller.",
            [losses[0]],
        )
