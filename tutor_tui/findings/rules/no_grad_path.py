"""A loss was sent backward that no tracked tensor leads to.

Evidence: the exception that ended the program; the operation at which the path was cut, which took something
tracked and made something that is not, such as detach(), an operation under no_grad(), argmax() or a comparison.
Legal twins raise nothing: targets and masks that are cut off on purpose, beside a path that is not. Source: the
autograd notes on `requires_grad`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence, code, covered, place
from tutor_tui.findings.failures import expression, failed, failure_like
from tutor_tui.findings.gradient_mode import turned_off
from tutor_tui.protocol.messages import Failure, Finding, Op

LEVEL = "mistake"
NUMBERS = ("tensor", "as_tensor", "asarray", "from_numpy", "FloatTensor")
"""Operations that make a tensor of what is none."""
PATTERN = r"does not require grad and does not have a grad_fn"


def find(evidence: Evidence) -> Iterator[Finding]:
    """Where the path was cut, if the record knows it; else at the call of backward."""
    trace = evidence.trace
    failure = failure_like(trace, PATTERN)
    if failure is None:
        return
    cut = _cut(evidence, failure)
    why = (
        "Gradients go back only along recorded operations, from the loss to tensors with requires_grad=True."
    )
    if cut is None:
        message = (
            f"{expression(trace, failure)} has nothing to go back to: nothing that it was made of is tracked."
        )
        fix = "Create the parameters with requires_grad=True, and compute the loss from them with torch's functions."
        yield failed(trace, failure, message, why, fix)
        return
    span = (turned_off(evidence, cut) if cut.no_grad else None) or place(trace, cut)
    line = span.line if span is not None else 0
    made = code(trace, cut.span) or cut.name
    off = "gradient mode is off, and " if cut.no_grad else ""
    message = f"Line {line} cuts the path to the parameters: {off}the result of {made} is not tracked."
    fix = (
        "Compute the loss from what came before; keep detach(), no_grad(), argmax() and .item() for printing."
    )
    yield failed(trace, failure, message, why, fix, span, (cut.seq,))


def _cut(evidence: Evidence, failure: Failure) -> Op | None:
    """The last operation on the way to the loss that took something tracked and made something that is not."""
    stretch = covered(evidence.trace, failure.seq)
    pending = [loss.tensor for loss in evidence.losses() if loss.tensor is not None][-1:]
    pending += [preview.id for preview in failure.operands]
    if not pending:
        last = next((op for op in reversed(evidence.ops) if op.outputs), None)
        pending = [last.outputs[0].id] if last is not None else []
    seen: set[int] = set()
    cuts: list[Op] = []
    while pending:
        op = evidence.maker(pending.pop(), failure.seq)
        if op is None or op.seq in seen or op.seq not in stretch:
            continue
        seen.add(op.seq)
        if any(preview.requires_grad for preview in op.inputs):
            if not any(preview.requires_grad for preview in op.outputs):
                cuts.append(op)
        else:
            pending += [preview.id for preview in op.inputs]
    return max(cuts, key=lambda op: op.seq, default=None) or _made_anew(evidence, seen)


def _made_anew(evidence: Evidence, behind: set[int]) -> Op | None:
    """The last operation on the way to the loss that made a tensor of plain numbers, after something was tracked."""
    steps = evidence.trace.steps
    since = evidence.trace.passes.since(max(behind, default=0))
    last = max((seq for seq in evidence.trace.losses if seq < max(behind, default=0)), default=since)
    tracked = [op.seq for op in evidence.ops if op.seq > last and any(p.requires_grad for p in op.outputs)]
    for seq in sorted(behind, reverse=True):
        op = steps[seq]
        if isinstance(op, Op) and op.name in NUMBERS and not op.inputs and tracked and tracked[0] < seq:
            return op
    return None
