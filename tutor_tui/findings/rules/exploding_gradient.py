"""The gradients grow far beyond what they were at first, or on their way back through the model.

Evidence: at a recorded step, the root of the mean square of all gradients of an optimizer is `TIMES` times that of
its first step or more, and not nan; or one gradient is `HUGE` or more, and `TIMES` times that of a parameter in the
last quarter, in each of its first `STEPS` steps. Pascanu, Mikolov and Bengio (2013) describe the effect, and
clipping against it; the bounds are conventions. Legal twins: a first step from zero, gradients that are clipped,
and losses that are large for all parameters alike. Source: `torch.nn.utils.clip_grad_norm_`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from tutor_tui.findings.evidence import Evidence, told
from tutor_tui.protocol.messages import Finding, Optimizer
from tutor_tui.text.numbers import format_number

LEVEL = "notice"
TIMES = 1e4
"""How many times the first step's gradients."""
HUGE = 1e4
"""What gradients are at least that are huge from the beginning."""
STEPS = 3
DEEP = 5
"""Parameters that a model has at least in which gradients have a way to grow on."""
SMALL = 1e-6
"""What a first step's gradients are at least."""


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each optimizer, at the first such step."""
    for held in evidence.training.optimizers.values():
        measured = [step for step in held.stepped if step.gradients]
        if not measured:
            continue
        first = _size(measured[0])
        grown = next((step for step in measured[1:] if _has_grown(first, _size(step))), None)
        if grown is not None:
            said = (
                f"The gradients that {held.name} steps with had a root mean square of {format_number(first)} at its "
                f"first step, and have one of {format_number(_size(grown))} here."
            )
            yield _finding(evidence, grown, measured[0], said)
        elif len(measured) >= STEPS and all(map(_has_grown_inside, measured[:STEPS])):
            sizes = measured[0].gradients
            said = (
                f"On the way back the gradients grow: at the first step of {held.name} they have root mean squares "
                f"from {format_number(_near_the_loss(sizes))} to {format_number(max(sizes))}."
            )
            yield _finding(evidence, measured[0], measured[STEPS - 1], said)


def _has_grown_inside(step: Optimizer) -> bool:
    """Whether the gradients of one step grow on their way back."""
    if len(step.gradients) < DEEP:
        return False
    largest, near = max(step.gradients), _near_the_loss(step.gradients)
    return bool(near) and math.isfinite(largest) and largest >= max(HUGE, TIMES * near)


def _near_the_loss(sizes: Sequence[float]) -> float:
    """The largest but one of the last quarter: the weights of the last layer grow with what came into it."""
    last = sorted(sizes[3 * len(sizes) // 4 :], reverse=True)
    return last[1] if len(last) > 1 else last[0]


def _has_grown(first: float, size: float) -> bool:
    return first >= SMALL and math.isfinite(size) and size >= TIMES * first


def _finding(evidence: Evidence, step: Optimizer, other: Optimizer, said: str) -> Finding:
    return told(
        evidence.trace,
        evidence.sent_before(step) or step,
        said,
        "Steps this long leave every valley, and soon the numbers overflow.",
        "Clip them with torch.nn.utils.clip_grad_norm_() between backward() and step(), or lower the learning rate.",
        [step, other],
    )


def _size(step: Optimizer) -> float:
    """The root of the mean of the squares, each tensor counting once."""
    return (
        math.sqrt(sum(size * size for size in step.gradients) / len(step.gradients))
        if step.gradients
        else 0.0
    )
