"""The gradients of the first layers are far smaller than those of the last.

Evidence: at every recorded step of an optimizer, the root of the mean square of the gradient of its first weight
matrix is below `RATIO` times that of its last one. Glorot and Bengio (2010) describe the effect; the ratio is a
convention. Legal twins: models of a few layers, layers that start at zero, and embeddings of which few rows are
used. Source: `torch.nn.init`.
"""

from __future__ import annotations

from collections.abc import Iterator

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
"""What the last one is at least: below it, all that there is to learn has been."""
MATRICES = 4
"""Weight matrices that a model has at least."""


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each optimizer."""
    for held in evidence.training.optimizers.values():
        pairs = [pair for step in held.stepped if (pair := _ends(evidence, held, step)) is not None]
        if len(pairs) >= STEPS and all(first < RATIO * last for first, last in pairs):
            first, last = pairs[0]
            weights = _matrices(evidence, held, held.stepped[0])
            names = [
                evidence.name(number, held.stepped[0].seq) or "a weight"
                for number in (weights[0], weights[-1])
            ]
            yield told(
                evidence.trace,
                held.stepped[0],
                f"The gradient of {names[0]} has a root mean square of {format_number(first)}, that of {names[1]} of "
                f"{format_number(last)}: on the way back it has all but vanished, in each of {len(pairs)} steps.",
                "The first layers hardly change, and what they hand on is close to noise.",
                "Use ReLU in place of sigmoid or tanh, normalization layers, connections that skip layers, or another "
                "initialization.",
                [held.stepped[-1]],
            )


def _matrices(evidence: Evidence, held: Held, step: Optimizer) -> list[int]:
    """The weights of two dimensions and more that had a gradient, in the order in which the optimizer holds them."""
    seen = evidence.trace.tensors
    shapes = {t: seen.at(t, step.seq) for t in held.tensors if t in step.tensors}
    return [tensor for tensor, preview in shapes.items() if preview is not None and len(preview.shape) > 1]


def _ends(evidence: Evidence, held: Held, step: Optimizer) -> tuple[float, float] | None:
    """The gradients of the first and the last weight at a step; None where that says nothing."""
    weights = _matrices(evidence, held, step)
    if len(step.gradients) != len(step.tensors) or len(weights) < MATRICES:
        return None
    sizes = dict(zip(step.tensors, step.gradients, strict=True))
    first, last = sizes[weights[0]], sizes[weights[-1]]
    return (first, last) if last >= SMALL else None
