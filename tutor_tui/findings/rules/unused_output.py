"""A layer with parameters ran in a training pass, and nothing was made of its result.

Evidence: in passes of which other results were sent backward, an operation of a module made a tracked tensor that
no operation took, and whose graph was not sent backward, `PASSES` times or more. Legal twins: results that are
returned to be looked at, as attention weights are, and heads of other tasks. Source: the graph itself.
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
    for ops in found.values():
        unused = [op for op in ops if _unused(evidence, op)]
        if len(unused) >= PASSES and len(unused) == len(ops):
            yield told(
                evidence.trace,
                unused[0],
                f"{code(evidence.trace, unused[0].span) or unused[0].module} ran {len(unused)} times, and nothing was "
                "made of its result.",
                "What the layer computes has no effect, and its parameters get no gradient.",
                "Use the result (x = layer(x), not layer(x) alone), or take the layer out.",
                [unused[-1]],
            )


def _unused(evidence: Evidence, op: Op) -> bool:
    """Whether a tracked result went into no operation and no backward pass."""
    if op.node is None or op.node in evidence.sent or op.within:
        return False
    return not any(evidence.uses.get(output.id) for output in op.outputs)
