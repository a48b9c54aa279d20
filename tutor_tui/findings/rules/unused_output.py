"""A layer with parameters ran in training passes, and no loss was made of its result.

Evidence: an operation of a module made a tracked tensor that no operation took, and whose graph was not sent
backward, `PASSES` times or more; or only operations took it of which the same is true, and the parameters of the
module, which an optimizer holds, never got a gradient. Legal twins: results that are returned to be looked at, as
attention weights are, and layers that are trained in other passes. Source: the graph itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence, code, told
from tutor_tui.protocol.messages import Finding, Op

LEVEL = "notice"
PASSES = 3
"""Training passes that must show it."""
LAYERS = ("linear", "conv1d", "conv2d", "conv3d", "batch_norm", "layer_norm", "embedding", "bilinear")


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each place."""
    found: defaultdict[tuple[str, int, int], list[Op]] = defaultdict(list)
    for op in evidence.ops:
        if op.name in LAYERS and op.module and op.span is not None and not op.no_grad and not op.evaluates:
            found[op.span.file, op.span.line, op.span.column].append(op)
    dead = [ops for ops in found.values() if len(ops) >= PASSES and all(_unused(evidence, op) for op in ops)]
    ends = {op.seq for ops in dead for op in ops}
    for unused in dead:
        if not any(op.seq in ends for op in evidence.following(unused[0])):  # else the one behind it tells
            yield _finding(evidence, unused, any(evidence.following(unused[0])))


def _finding(evidence: Evidence, unused: list[Op], goes_on: bool) -> Finding:
    made = code(evidence.trace, unused[0].span) or unused[0].module
    return told(
        evidence.trace,
        unused[0],
        f"{made} ran {len(unused)} times, and nothing "
        + ("that was made of its result was sent backward." if goes_on else "was made of its result."),
        "What the layer computes has no effect, and its parameters get no gradient.",
        "Add what is made of it to the loss, or take the layer out."
        if goes_on
        else "Use the result (x = layer(x), not layer(x) alone), or take the layer out.",
        [unused[-1]],
    )


def _unused(evidence: Evidence, op: Op) -> bool:
    """Whether a tracked result went into no operation and no backward pass, nor did what was made of it."""
    if op.node is None or op.node in evidence.sent or op.within:
        return False
    after = list(evidence.following(op))
    if not after:
        return True
    return all(use.node is not None and use.node not in evidence.sent for use in after) and _untrained(
        evidence, op
    )


def _untrained(evidence: Evidence, op: Op) -> bool:
    """Whether an optimizer holds parameters that an operation took, and none of them ever got a gradient."""
    training = evidence.training
    taken = [p.id for p in op.inputs if training.holders(p.id)]
    return bool(taken) and not any(training.arrivals.get(tensor) for tensor in taken)
