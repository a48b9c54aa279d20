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
from tutor_tui.protocol.messages import Failure, Finding, Op

LEVEL = "mistake"
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
    span = place(trace, cut)
    line = span.line if span is not None else 0
    made = code(trace, cut.span) or cut.name
    message = f"Line {line} cuts the path to the parameters: the result of {made} is not tracked."
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
    return max(cuts, key=lambda op: op.seq, default=None)
