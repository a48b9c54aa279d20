"""The gradients of the first layers are far smaller than those of the last.

Evidence: for at least one in `PART` of the weight matrices in the first half of an optimizer's parameters, the root of
the mean square of the gradient is below `RATIO` times the largest in the last quarter, at most of the recorded steps.
Glorot and Bengio (2010) describe the effect; the ratio is a convention. Legal twins: models of a few layers, layers
that start at zero and soon are not (gradients of 0 do not count), and embeddings of which few rows are used. Source:
`torch.nn.init`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tutor_tui.findings.evidence import Evidence, told
from tutor_tui.findings.training import Held
from tutor_tui.protocol.messages import Finding, Optimizer
from tutor_tui.text.numbers import format_number

LEVEL = "notice"
RATIO = 1e-4
"""How small the first may be, measured by the last."""
STEPS = 3
"""Recorded steps that must show it."""
SMALL = 1e-5
"""What the largest one is at least: below it, all that there is to learn has been."""
MATRICES = 4
"""Weight matrices that a model has at least."""
PART = 4
"""One in so many of those in the first half."""


class _Ends(NamedTuple):
    step: Optimizer
    first: int
    last: int
    small: float
    large: float
    vanishes: bool


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each optimizer."""
    for held in evidence.training.optimizers.values():
        looked = [ends for step in held.stepped if (ends := _ends(evidence, held, step)) is not None]
        found = [ends for ends in looked if ends.vanishes]
        lasts = any(ends.vanishes for ends in looked[-STEPS:])  # else it was so at the start alone
        if len(found) < STEPS or 2 * len(found) < len(looked) or not lasts:
            continue
        ends = found[0]
        names = [evidence.name(number, ends.step.seq) or "a weight" for number in (ends.first, ends.last)]
        yield told(
            evidence.trace,
            evidence.sent_before(ends.step) or ends.step,
            f"The gradient of {names[0]} has a root mean square of {format_number(ends.small)}, that of {names[1]} of "
            f"{format_number(ends.large)}: on the way back it has all but vanished, in {len(found)} of {len(looked)} "
            "steps.",
            "The first layers hardly change, and what they hand on is close to noise.",
            "Use ReLU in place of sigmoid or tanh, normalization layers, connections that skip layers, or another "
            "initialization.",
            [ends.step, found[-1].step],
        )


def _ends(evidence: Evidence, held: Held, step: Optimizer) -> _Ends | None:
    """The gradients of the first layers and of the last at a step; None where that says nothing."""
    if len(step.gradients) != len(step.tensors):
        return None
    sizes = dict(zip(step.tensors, step.gradients, strict=True))
    order = [tensor for tensor in held.tensors if tensor in sizes]
    seen = evidence.trace.tensors
    matrices = [t for t in order if (p := seen.at(t, step.seq)) is not None and len(p.shape) > 1]
    if len(matrices) < MATRICES:
        return None
    last = max(order[3 * len(order) // 4 :], key=lambda tensor: sizes[tensor])
    early = [tensor for tensor in matrices[: len(matrices) // 2] if sizes[tensor]]
    if not early or not sizes[last] >= SMALL:
        return None
    small = [tensor for tensor in early if sizes[tensor] < RATIO * sizes[last]]
    first = min(small or early, key=lambda tensor: sizes[tensor])
    return _Ends(
        step, first, last, sizes[first], sizes[last], bool(small) and PART * len(small) >= len(early)
    )
