"""The gradients grow far beyond what they were at first.

Evidence: at a recorded step, the root of the mean square of all gradients of an optimizer is `TIMES` times that of
its first step or more, and not nan. Pascanu, Mikolov and Bengio (2013) describe the effect, and clipping against
it; the factor is a convention. Legal twins: a first step from zero, and gradients that are clipped. Source:
`torch.nn.utils.clip_grad_norm_`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence, told
from tutor_tui.protocol.messages import Finding, Optimizer
from tutor_tui.text.numbers import format_number

LEVEL = "notice"
TIMES = 1e4
"""How many times the first step's gradients."""
SMALL = 1e-6
"""What a first step's gradients are at least."""


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each optimizer, at the first such step."""
    for held in evidence.training.optimizers.values():
        measured = [step for step in held.stepped if step.gradients]
        first = _size(measured[0]) if measured else 0.0
        for step in measured[1:]:
            size = _size(step)
            if first >= SMALL and math.isfinite(size) and size >= TIMES * first:
                yield told(
                    evidence.trace,
                    step,
                    f"The gradients that {held.name} steps with had a root mean square of {format_number(first)} at "
                    f"its first step, and have one of {format_number(size)} here.",
                    "Steps this long leave every valley, and soon the numbers overflow.",
                    "Clip them with torch.nn.utils.clip_grad_norm_(), or lower the learning rate.",
                    [measured[0]],
                )
                break


def _size(step: Optimizer) -> float:
    """The root of the mean of the squares, each tensor counting once."""
    return (
        math.sqrt(sum(size * size for size in step.gradients) / len(step.gradients))
        if step.gradients
        else 0.0
    )
