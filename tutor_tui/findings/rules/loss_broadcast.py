"""Predictions and targets of the shapes (N, 1) and (N,) were broadcast to (N, N) in a loss.

Evidence: an operation of the loss's graph with exactly these two shapes, of which the one without a graph is the
target, and whose result has N × N numbers, or is the loss itself. Legal twins: pairwise differences `x[:, None] -
x[None, :]`, (N, 1) with (N, Q), and outer products of two tracked tensors. Source: PyTorch's broadcasting
semantics.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence, code, told
from tutor_tui.protocol.messages import Finding, Op, Preview
from tutor_tui.text.numbers import shape_text
from tutor_tui.trace.look.operands import called
from tutor_tui.trace.record.trace import Trace

LEVEL = "mistake"
OPERATIONS = (
    *("sub", "rsub", "__rsub__", "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"),
    *("poisson_nll_loss", "gaussian_nll_loss", "binary_cross_entropy_with_logits"),
)


ADDS, PICKS = ("unsqueeze",), ("getitem", "__getitem__")
"""Operations that add a dimension, and that may do so."""
SLICES = re.compile(r"slice\([^)]*\)")


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each place."""
    trace = evidence.trace
    seen: set[tuple[str, int]] = set()
    for loss in evidence.losses():
        behind = evidence.behind(loss)
        for op in (trace.nodes.op(node) for node in sorted(behind)):
            pair = _pair(op, evidence) if op is not None else None
            if op is None or pair is None:
                continue
            where = (op.span.file, op.span.line) if op.span is not None else ("", op.seq)
            if where not in seen:
                seen.add(where)
                yield _finding(trace, op, *pair, (loss.seq,))


def _pair(op: Op, evidence: Evidence) -> tuple[Preview, Preview] | None:
    """The prediction and the target of an operation that broadcasts them; None for any other."""
    if op.name not in OPERATIONS or len(op.inputs) < 2:
        return None
    one, two = op.inputs[:2]
    for prediction, target in ((one, two), (two, one)):
        tracked = prediction.requires_grad and not target.requires_grad
        shapes = {prediction.shape, target.shape}
        count = max(prediction.shape, default=0)
        if tracked and count > 1 and shapes == {(count, 1), (count,)}:
            column = prediction if len(prediction.shape) == 2 else target
            maker = evidence.maker(column.id, op.seq)
            return None if maker is not None and _meant(maker) else (prediction, target)
    return None


def _meant(maker: Op) -> bool:
    """Whether an operation made a column on purpose, to be held against a row: `x[:, None]`, not `x[:, -1:]`."""
    return maker.name in ADDS or (
        maker.name in PICKS and any("None" in SLICES.sub("", text) for text in maker.arguments)
    )


def _finding(trace: Trace, op: Op, prediction: Preview, target: Preview, steps: tuple[int, ...]) -> Finding:
    count = max(prediction.shape)
    mine, theirs = (f"{called(trace, p, op.seq)} ({shape_text(p.shape)})" for p in (prediction, target))
    column = called(trace, prediction if len(prediction.shape) == 2 else target, op.seq)
    return told(
        trace,
        op,
        f"{code(trace, op.span) or op.name} broadcasts {mine} and {theirs} to {count}×{count}: "
        "every prediction meets every target.",
        "PyTorch does not pair (N, 1) with (N,): it takes the second as a row, and repeats it for each of the N.",
        f"Give both the same shape, with {column}.squeeze(1).",
        [trace.steps[seq] for seq in steps],
    )
