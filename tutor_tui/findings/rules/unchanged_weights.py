"""An optimizer steps, its parameters have gradients, and no number changes.

Evidence: most recorded steps, the first among them, left every number as it was, as far as the record holds them;
and why: the learning rate is 0, or the gradients are, as those of a cross-entropy over a single class. Legal twins:
warm-up from 0, steps that a loss scaler skips, and a loss that has come down to 0. Source: `torch.optim` and
`torch.nn.CrossEntropyLoss`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence, code, told, whole_line
from tutor_tui.findings.source import lines_like
from tutor_tui.findings.training import Held, finite_zero
from tutor_tui.protocol.messages import AnyStep, Backward, Finding, Op, Optimizer
from tutor_tui.text.numbers import shape_text

LEVEL = "mistake"
ENOUGH = 3
"""Steps after which something should have moved."""
SCHEDULER = re.compile(r"\b(\w+LR|ReduceLROnPlateau|get_\w*schedule\w*)\(")
"""What makes a scheduler."""
ZERO = re.compile(r"lr\s*=\s*0(\.0*)?\s*[,)]")
STEPS = ("Round", "Sign", "Floor", "Ceil", "Trunc", "Heaviside")
"""Nodes of functions that are flat wherever they have a slope."""
SHARE = 0.8
"""The part of all steps that must have changed nothing."""


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for a loss over a single class, and once for each optimizer."""
    single = _single_class(evidence)
    if single is not None:
        yield _one_class(evidence, single)
        return
    for held in evidence.training.optimizers.values():
        still = _still(evidence, held)
        if still:
            yield _finding(evidence, held, still)


def _still(evidence: Evidence, held: Held) -> list[Optimizer]:
    """The steps that changed nothing, where they are most of all, from the first on."""
    if any(loss.value == 0.0 for loss in evidence.losses()):
        return []  # there is nothing to learn
    steps = [step for step in held.stepped if step.tensors]
    if len(steps) < ENOUGH or any(_rate_later(held, step) for step in steps):
        return []
    still = [step for step in steps if _unmoved(evidence, step)]
    return still if still[:1] == steps[:1] and len(still) >= SHARE * len(steps) else []


def _rate_later(held: Held, step: Optimizer) -> bool:
    """Whether a step at rate 0 belongs to a warm-up: another one has a rate."""
    return not any(step.rates) and any(any(other.rates) for other in held.stepped)


def _unmoved(evidence: Evidence, step: Optimizer) -> bool:
    """Whether a step is known to have changed nothing: at rate 0, or by every number."""
    if step.rates and not any(step.rates):
        return True
    seen = (evidence.trace.tensors.at(tensor, step.seq) for tensor in step.tensors)
    if any(preview is None or preview.values is None for preview in seen):
        return False  # whoever writes through .data is not seen to write to what is large
    return not evidence.training.moved(step)


def _finding(evidence: Evidence, held: Held, still: list[Optimizer]) -> Finding:
    trace, first = evidence.trace, still[0]
    many = f"{len(still)} of {len(held.stepped)} steps of {held.name} changed no number"
    why = "The steps run, and learn nothing."
    if first.rates and not any(first.rates):
        scheduled = (
            next(lines_like(trace.sources, SCHEDULER), None)
            if not ZERO.search(_made(evidence, held))
            else None
        )
        return told(
            trace,
            held.first,
            f"{many}: its learning rate is 0.",
            why,
            "Give it a learning rate above 0; a scheduler that starts at 0 has to be stepped.",
            [first],
            span=whole_line(trace, *scheduled) if scheduled is not None else None,
        )
    zeros = _zero_gradients(evidence, first)
    because = "every gradient that came was 0" if zeros else "what is added to them is too small, or nothing"
    blocks = _blocks(evidence, first) if zeros else None
    if blocks is not None:
        because += f", since none passes {code(trace, blocks.span) or blocks.name}"
    return told(
        trace,
        blocks or first,
        f"{many}: {because}.",
        why,
        "Follow the gradient back from the loss: a ReLU that is never above 0, or a loss that does not depend on the "
        "parameters, sends zeros."
        if zeros
        else "Raise the learning rate, and look whether the step writes to the tensors that the model uses.",
        [first, *zeros],
    )


def _made(evidence: Evidence, held: Held) -> str:
    return evidence.trace.sources.text(held.first.span)


def _blocks(evidence: Evidence, step: Optimizer) -> Op | None:
    """The operation through which no gradient passes: it was given some, and made zeros of it."""
    for run in evidence.trace.steps[: step.seq]:
        if isinstance(run, Backward) and any(p is not None and not finite_zero(p) for p in run.grad_outputs):
            node = evidence.trace.nodes.by_id.get(run.node)
            flat = node is not None and node.name.startswith(STEPS)
            if flat or (run.grad_inputs and all(finite_zero(p) for p in run.grad_inputs if p is not None)):
                op = evidence.trace.nodes.op(run.node)
                if op is not None and op.span is not None and any(run.grad_inputs):
                    return op
    return None


def _single_class(evidence: Evidence) -> Op | None:
    """A loss that was sent backward whose scores have one column."""
    for op in evidence.ops:
        if op.name == "cross_entropy" and op.node in evidence.sent and len(op.inputs) > 1:
            scores = op.inputs[0]
            if len(scores.shape) == 2 and scores.shape[1] == 1 < scores.shape[0]:
                return op
    return None


def _one_class(evidence: Evidence, op: Op) -> Finding:
    trace, scores = evidence.trace, op.inputs[0]
    steps = [
        step for held in evidence.training.optimizers.values() for step in held.stepped if step.seq > op.seq
    ]
    return told(
        trace,
        op,
        f"{code(trace, op.span) or op.name} compares a single class ({shape_text(scores.shape)}), whose probability is "
        "always 1: the loss is 0, and so is every gradient.",
        "The steps run, and learn nothing: with one score per row, softmax has nothing to divide the probability "
        "between.",
        "For two classes with one score use binary_cross_entropy_with_logits, or give the last layer as many outputs "
        "as there are classes.",
        steps[:1],
    )


def _zero_gradients(evidence: Evidence, step: Optimizer) -> list[AnyStep]:
    """The arrivals before a step, where every one of them is known to be zeros."""
    came = [a for t in step.tensors for a in evidence.training.arrivals.get(t, ()) if a.seq < step.seq]
    return list(came) if came and all(finite_zero(a.incoming or a.after) for a in came) else []
