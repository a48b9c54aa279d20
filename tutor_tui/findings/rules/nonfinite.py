"""A loss that was sent backward was nan or infinite.

Evidence: the number itself, and the first operation of its graph that made something not finite of numbers that all
were, as far as the record holds them. Legal twins: a deliberate -inf (`masked_fill` before a softmax), nan in data
that is masked out, what `torch.empty` holds, and steps that a loss scaler skips: their losses are finite. Source:
`torch.autograd.set_detect_anomaly`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from tutor_tui.findings.evidence import Evidence, code, told
from tutor_tui.protocol.messages import Bad, Finding, Loss, Op, Preview
from tutor_tui.text.numbers import format_number
from tutor_tui.trace.look.operands import called
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.bad_value import bad_text

LEVEL = "mistake"
FIX = {
    "log": "Keep the argument above 0: torch.log(x + 1e-8), log_softmax in place of log(softmax), or clamp(min=…).",
    "div": "Keep the divisor away from 0: add a small number, or clamp it.",
    "sqrt": "Keep the argument at or above 0, with clamp(min=…).",
    "exp": "Keep the argument small: subtract the maximum first, or use logsumexp or softmax.",
}
DELIBERATE = ("masked_fill", "masked_fill_", "full", "full_like", "where", "empty", "empty_like")
"""Operations that may put in an infinity, or what was in memory, on purpose."""
GROWTH = 1e4
"""How many times the first loss a loss is from which on it has no bound."""
USUAL = "Look at the numbers that went in, and lower the learning rate if they grow from step to step."


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once, for the first such loss."""
    trace = evidence.trace
    if trace.bad is not None and trace.bad.how:
        yield _origin(evidence, trace.bad)
        return
    for loss in evidence.losses():
        if loss.value is None or math.isfinite(loss.value):
            continue
        op = _first(trace, evidence, loss)
        value = format_number(loss.value)
        message = f"{loss.name or 'the loss'} is {value} in pass {loss.iteration}."
        why = "From here on the gradients are nan as well, and the next step makes all parameters nan."
        if op is None:
            yield told(trace, loss, message, why, USUAL, [])
            return
        given = " and ".join(
            f"{called(trace, preview, op.seq)}{_extremes(preview)}" for preview in op.inputs[:2]
        )
        message = (
            f"{code(trace, op.span) or op.name} made the first number that is not finite"
            f"{f', from {given}' if given else ''}: {message}"
        )
        yield told(
            trace, op, message, why, FIX.get(op.name.rstrip("_").replace("true_divide", "div"), USUAL), [loss]
        )
        return


def _origin(evidence: Evidence, bad: Bad) -> Finding:
    """Where a second run of the program found the first such value."""
    trace = evidence.trace
    losses = [loss for loss in evidence.losses() if loss.iteration <= bad.passes]
    bad_ones = [
        loss for loss in evidence.losses() if loss.value is not None and not math.isfinite(loss.value)
    ]
    shown = bad_ones[:1] or losses[-1:]
    grew = _grew(evidence, bad)
    if grew is not None:
        return grew
    return told(
        trace,
        shown[0] if shown else trace.steps[-1],
        bad_text(bad),
        "From there on the loss and the gradients are not finite, and the next step makes all parameters nan.",
        FIX.get(bad.name.rstrip("_").replace("true_divide", "div"), USUAL),
        shown,
        span=bad.span,
    )


def _grew(evidence: Evidence, bad: Bad) -> Finding | None:
    """The losses had grown without bound before that: the steps are too long, whatever operation overflowed first."""
    trace = evidence.trace
    curve = next((c for c in trace.curves.of("loss") if c.bad), None)
    stepped = [held for held in evidence.training.optimizers.values() if held.stepped]
    if curve is None or not stepped:
        return None
    before = [y for x, y in zip(curve.xs, curve.ys, strict=True) if x <= bad.passes and math.isfinite(y)]
    if len(before) < 2 or abs(before[-1]) < GROWTH * max(abs(before[0]), 1e-12):
        return None
    held = stepped[0]
    first, last = format_number(before[0]), format_number(before[-1])
    rates = ", ".join(format_number(rate) for rate in held.first.rates) or "its rate"
    return told(
        trace,
        held.first,
        f"{curve.name} grew from {first} to {last} in {len(before)} passes, and is not finite after that: with the "
        f"learning rate {rates} the steps of {held.name} are too long.",
        "A step that is too long lands further away from the minimum than it began, and the next gradient is larger.",
        "Lower the learning rate, by a factor of 10 at first; or clip the gradients.",
        [held.stepped[0]],
    )


def _first(trace: Trace, evidence: Evidence, loss: Loss) -> Op | None:
    """The first operation behind a loss whose inputs are all finite, and whose result is not."""
    ops = [op for node in evidence.behind(loss) if (op := trace.nodes.op(node)) is not None]
    for op in sorted(ops, key=lambda op: op.seq):
        if op.name in DELIBERATE or any(preview.values is None for preview in op.inputs):
            continue  # what went in is not known
        if any(not _finite(preview) for preview in op.outputs) and all(map(_finite, op.inputs)):
            return op
    return None


def _finite(preview: Preview) -> bool:
    return all(map(math.isfinite, _numbers(preview.values)))


def _numbers(values: Any) -> list[float]:
    if isinstance(values, list):
        return [number for value in values for number in _numbers(value)]
    return [float(values)] if isinstance(values, (int, float)) else []


def _extremes(preview: Preview) -> str:
    """From where to where the numbers of a small tensor go."""
    numbers = _numbers(preview.values)
    if not numbers:
        return ""
    low, high = format_number(min(numbers)), format_number(max(numbers))
    return f" ({low})" if low == high else f" (from {low} to {high})"
