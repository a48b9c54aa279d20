"""Most results of a hidden sigmoid or tanh lie where the function is flat.

Evidence: the share of elements below 0.05 or above 0.95 (for tanh, beyond 0.95 either way), in every recorded pass
that was trained with, of a layer whose results go into another one, or are a gate that another layer's results are
multiplied by. Glorot and Bengio (2010) describe how such layers stop learning; the shares, `SHARE` and `GATES`, are
conventions. Legal twins: the last sigmoid of a classifier that is sure, and gates that are shut in part. Source:
`torch.nn.Sigmoid` and `torch.nn.Tanh`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence, told
from tutor_tui.findings.training import LAYERS
from tutor_tui.protocol.messages import Activation, Finding, Op
from tutor_tui.text.numbers import format_number

LEVEL = "notice"
SHARE = 0.8
"""The part of all elements."""
GATES = 0.95
"""The part of all elements of a gate: many of those are meant to be open, or shut."""
PASSES = 5
"""Recorded passes of training that must show it."""


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each layer."""
    layers: defaultdict[tuple[str, str, int], list[Activation]] = defaultdict(list)
    for step in evidence.training.activations:
        trained = step.node is not None and step.node in evidence.sent
        if step.saturated is not None and trained and _bound(evidence, step) is not None:
            line = step.span.line if step.span is not None else 0
            layers[step.module, step.name, line].append(step)
    for (module, name, _), ran in layers.items():
        lowest = min(step.saturated or 0.0 for step in ran)
        if len(ran) >= PASSES and lowest >= max(_bound(evidence, step) or 1.0 for step in ran):
            yield told(
                evidence.trace,
                ran[-1],
                f"At least {format_number(lowest)} of all results of {module or name} lie where {name} is flat, in "
                f"{len(ran)} passes.",
                "Where a function is flat its slope is nearly 0, and little gradient reaches the layers before it.",
                "Bring the inputs to mean 0 and spread 1, begin with smaller weights, or use ReLU.",
                [ran[0]],
            )


def _bound(evidence: Evidence, step: Activation) -> float | None:
    """The share from which on a layer counts as saturated; None for one that is nobody's input, as a last one is."""
    uses = evidence.uses.get(step.output, ())
    if any(use.name in LAYERS for use in uses):
        return SHARE
    made = evidence.maker(step.output, step.seq)
    own = (
        {p.id for after in evidence.following(made) for p in after.outputs}
        if made is not None
        else set[int]()
    )
    own.add(step.output)
    return GATES if any(_is_gate(use, own) for use in uses) else None


def _is_gate(use: Op, own: set[int]) -> bool:
    """Whether a result is multiplied by another layer's, of its shape: not by a mask, nor by what comes of itself."""
    others = [p for p in use.inputs if p.id not in own]
    return use.name == "mul" and any(p.requires_grad and p.shape == use.inputs[0].shape for p in others)
