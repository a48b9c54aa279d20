"""A softmax over the first dimension of a batch: probabilities that add up over samples, not over classes.

Evidence: the operation took two dimensions or more, of which the first has more than one entry, went over dimension
0, and its result went into a loss. Legal twins: weights over a set or over time, by which other tensors are
multiplied and added up over dimension 0; and losses that compare all samples with each other, both ways. Source:
`torch.nn.functional.softmax`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence, code, told
from tutor_tui.protocol.messages import Finding, Op
from tutor_tui.text.numbers import shape_text

LEVEL = "notice"
SOFTMAX = ("softmax", "log_softmax")


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each place."""
    seen: set[tuple[str, int]] = set()
    for op in evidence.ops:
        where = (op.span.file, op.span.line) if op.span is not None else ("", 0)
        if op.name not in SOFTMAX or op.node not in evidence.sent or not op.inputs or where in seen:
            continue
        shape = op.inputs[0].shape
        over_first = "dim=0" in op.arguments or op.arguments[1:2] == ("0",)
        several = len(shape) == 2 and shape[0] > 1 and shape[1] > 1
        if over_first and several and not _weighs(evidence, op) and not _goes_both_ways(evidence, op):
            seen.add(where)
            yield told(
                evidence.trace,
                op,
                f"{code(evidence.trace, op.span) or op.name} goes over dimension 0 of {shape_text(shape)}: its results "
                f"add up to 1 over the {shape[0]} rows, not within each of them.",
                "A batch has its samples along dimension 0. The scores of one sample stand in one row.",
                "Use dim=1, or dim=-1.",
                [],
            )


def _weighs(evidence: Evidence, op: Op) -> bool:
    """Whether a weighted sum over dimension 0 is made of the result."""
    after = list(evidence.following(op))
    multiplied = any(use.name == "mul" for use in after)
    added = ("dim=0", "0", "axis=0", "[0]")
    summed = any(use.name in ("sum", "mean") and any(a in added for a in use.arguments[1:]) for use in after)
    return (multiplied and summed) or any(use.name == "einsum" for use in after) or _turned(evidence, op)


def _turned(evidence: Evidence, op: Op) -> bool:
    """Whether the result, turned round, stands on the left of a product: what is added up there is dimension 0."""
    for use in evidence.uses.get(op.outputs[0].id, ()):
        if use.name in ("T", "t", "mT", "transpose", "permute") and use.outputs:
            turned = use.outputs[0].id
            products = evidence.uses.get(turned, ())
            if any(p.name in ("matmul", "mm", "mv") and p.inputs[0].id == turned for p in products):
                return True
    return False


def _goes_both_ways(evidence: Evidence, op: Op) -> bool:
    """Whether the same scores have a softmax over the other dimension, too, as where all are compared with all."""
    taken = op.inputs[0]
    others = (use for use in evidence.uses.get(taken.id, ()) if use.name in (*SOFTMAX, "cross_entropy"))
    return taken.shape[0] == taken.shape[1] and any(use is not op for use in others)
