"""Passes that are not trained from: whose results are judged, and which batch they are of."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence
from tutor_tui.protocol.messages import Op

LOSSES = (
    *("cross_entropy", "nll_loss", "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "kl_div"),
    *(
        "binary_cross_entropy",
        "binary_cross_entropy_with_logits",
        "hinge_embedding_loss",
        "margin_ranking_loss",
    ),
)
"""Functions that hold a prediction against what it should have been."""
COMPARES = ("eq", "__eq__", "ne", "__ne__", "isclose")
DIFFERENCES = ("sub", "rsub", "__sub__", "__rsub__")
DECIDES = ("argmax", "max", "topk", "softmax", "sigmoid", "round")

WEIGHTED = ("linear", "conv", "batch_norm", "instance_norm", "layer_norm", "group_norm", "embedding", "prelu")
"""Functions whose first input is data, and whose others belong to the layer."""


def judged(evidence: Evidence, op: Op, decided: bool = False) -> Op | None:
    """What holds the result of an operation against a target, or, with `decided`, decides by it; None for neither.

    None too where anything that was computed from it is sent backward: then it is a target itself.
    """
    found = op if op.name in LOSSES else None
    for after in evidence.following(op):
        if after.node is not None and after.node in evidence.sent:
            return None
        if holds(evidence, after) or (decided and _decides(after)):
            found = found or after
    return found


def holds(evidence: Evidence, op: Op) -> bool:
    """Whether an operation holds a prediction against what it should have been."""
    return op.name in (*LOSSES, *COMPARES) or _differs(evidence, op)


def _decides(op: Op) -> bool:
    """Whether an operation picks one of several: `max` only with a dimension; without one it tells a size."""
    return op.name in DECIDES and (op.name != "max" or len(op.outputs) > 1)


def _differs(evidence: Evidence, op: Op) -> bool:
    """Whether an operation takes a prediction and a target apart, and a single number is made of that."""
    if op.module or op.name not in DIFFERENCES or len(op.inputs) < 2:
        return False
    return any(after.outputs and not after.outputs[0].shape for after in evidence.following(op))


def given(evidence: Evidence, op: Op) -> set[int]:
    """The data behind an operation in modules: the tensors that came into them from outside."""
    found: set[int] = set()
    pending, seen = [op], {op.seq}
    while pending:
        current = pending.pop()
        for preview in current.inputs[:1] if current.name.startswith(WEIGHTED) else current.inputs:
            maker = evidence.maker(preview.id, current.seq)
            if maker is not None and maker.module:
                if maker.seq not in seen:
                    seen.add(maker.seq)
                    pending.append(maker)
            elif evidence.training.owner(preview.id) is None and not preview.requires_grad:
                found.add(preview.id)
    return found


def steps(evidence: Evidence) -> list[int]:
    """When optimizers stepped, in order."""
    return sorted(s.seq for held in evidence.training.optimizers.values() for s in held.stepped)


def of_the_batch(evidence: Evidence, op: Op, data: set[int]) -> bool:
    """Whether an operation ran on what is trained with in this very iteration, and training goes on behind it."""
    stepped = steps(evidence)
    now = bisect(stepped, op.seq)
    trained = list(_trained_with(evidence, data))
    return any(abs(bisect(stepped, seq) - now) <= 1 for seq in trained) and any(
        seq > op.seq for seq in trained
    )


def _trained_with(evidence: Evidence, data: set[int]) -> Iterator[int]:
    """When data went into a pass that was sent backward."""
    for number in data:
        yield from (use.seq for use in evidence.uses.get(number, ()) if use.node in evidence.sent)
