"""Most results of a hidden sigmoid or tanh lie where the function is flat.

Evidence: the share of elements below 0.05 or above 0.95 (for tanh, beyond 0.95 either way), in every recorded pass
that was trained with, of a layer whose results go into another one. Glorot and Bengio (2010) describe how such
layers stop learning; the share, `SHARE`, is a convention. Legal twins: the last sigmoid of a classifier that is
sure, and gates. Source: `torch.nn.Sigmoid` and `torch.nn.Tanh`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence, told
from tutor_tui.protocol.messages import Activation, Finding
from tutor_tui.text.numbers import format_number

LEVEL = "notice"
SHARE = 0.8
"""The part of all elements."""
PASSES = 5
"""Recorded passes of training that must show it."""
LAYERS = ("linear", "conv1d", "conv2d", "conv3d", "matmul", "addmm")
"""Operations of a layer that the results may go into."""


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each layer."""
    layers: defaultdict[tuple[str, str, int], list[Activation]] = defaultdict(list)
    for step in evidence.training.activations:
        hidden = any(use.name in LAYERS for use in evidence.uses.get(step.output, ()))
        if step.saturated is not None and hidden and step.node is not None and step.node in evidence.sent:
            line = step.span.line if step.span is not None else 0
            layers[step.module, step.name, line].append(step)
    for (module, name, _), ran in layers.items():
        lowest = min(step.saturated or 0.0 for step in ran)
        if len(ran) >= PASSES and lowest >= SHARE:
            yield told(
                evidence.trace,
                ran[-1],
                f"At least {format_number(lowest)} of all results of {module or name} lie where {name} is flat, in "
                f"{len(ran)} passes.",
                "Where a function is flat its slope is nearly 0, and little gradient reaches the layers before it.",
                "Bring the inputs to mean 0 and spread 1, begin with smaller weights, or use ReLU.",
                [ran[0]],
            )
