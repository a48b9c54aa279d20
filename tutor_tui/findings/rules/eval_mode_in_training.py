"""A model is trained while its dropout or batch norm works as in evaluation.

Evidence: such a layer was not active in a pass that was sent backward, all modules around it were in evaluation
mode, and an optimizer stepped parameters that lie before the layer in that graph, or are its own. Legal twins:
teachers, attacks on the input, frozen layers, and batch norm that is set to evaluation mode alone, on purpose.
Source: `torch.nn.Module.train`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence, place, told, whole_line
from tutor_tui.findings.source import lines_like
from tutor_tui.protocol.messages import Accumulate, Finding, Layer, Line, Loss, Optimizer, Span

LEVEL = "mistake"
EVAL = re.compile(r"\.eval\(\)|\.train\((mode=)?False\)")
DOES = {
    True: "dropout hands everything on",
    False: "batch norm uses its running statistics, and no longer adapts them",
}


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each line that calls a model."""
    seen: set[tuple[str, int]] = set()
    for layer in evidence.training.layers:
        if layer.active or not layer.training or any(layer.training) or layer.node not in evidence.sent:
            continue
        proof = _stepped(evidence, layer)
        if proof is None:
            continue
        loss, step = proof
        call = evidence.call(layer)
        span = place(evidence.trace, call)
        where = (span.file, span.line) if span is not None else ("", 0)
        if where in seen:
            continue
        seen.add(where)
        asked = evidence.last_run(EVAL, call.seq) or _only(evidence)
        yield told(
            evidence.trace,
            call,
            f"{layer.module or layer.name} ran as in evaluation in a pass that {step.name} learns from: "
            f"{DOES['dropout' in layer.name]}.",
            "After model.eval(), as for a validation, a model stays in evaluation mode until train() is called.",
            "Call model.train() before each epoch of training.",
            [layer, loss, step, *([asked] if isinstance(asked, Line) else [])],
            span=_span(evidence, asked),
        )


def _only(evidence: Evidence) -> tuple[str, int] | None:
    """The one line of the program that sets a module to evaluation; None where there are more."""
    found = list(lines_like(evidence.trace.sources, EVAL))
    return found[0] if len(found) == 1 else None


def _span(evidence: Evidence, asked: Line | tuple[str, int] | None) -> Span | None:
    """Where the module was set to evaluation."""
    if isinstance(asked, Line):
        asked = asked.file, asked.line
    return whole_line(evidence.trace, *asked) if asked is not None else None


def _stepped(evidence: Evidence, layer: Layer) -> tuple[Loss, Optimizer] | None:
    """The pass that was sent back through a layer, and the step that used what it brought."""
    if layer.node is None:
        return None
    loss = next(
        (loss for loss in evidence.losses() if loss.seq > layer.seq and layer.node in evidence.behind(loss)),
        None,
    )
    if loss is None:
        return None
    nodes = evidence.trace.nodes.by_id
    own = {nodes[number].tensor for number in evidence.reached([layer.node])} - {None}
    own = {tensor for tensor in own if tensor is not None and evidence.training.owner(tensor) is not None}
    if _partly(evidence, loss):
        return None
    for held in evidence.training.optimizers.values():
        step = next((step for step in held.stepped if step.seq > loss.seq), None)
        if step is not None and (own & set(step.tensors)) & _brought(evidence, loss, step):
            return loss, step
    return None


def _brought(evidence: Evidence, loss: Loss, step: Optimizer) -> set[int]:
    """The parameters that a pass brought a gradient which a step used: `autograd.grad` brings none to them."""
    found: set[int] = set()
    for other in evidence.trace.steps[loss.seq + 1 : step.seq]:
        if isinstance(other, Loss) and other.iteration != loss.iteration:
            break
        if isinstance(other, Accumulate) and other.incoming is not None:
            found.add(other.tensor)
    return found - _cleared(evidence, loss.seq, step.seq)


def _partly(evidence: Evidence, loss: Loss) -> bool:
    """Whether another layer with parameters of that pass ran as in training: then this one was set apart on purpose."""
    ops = (evidence.trace.nodes.op(number) for number in evidence.behind(loss))
    training = (op for op in ops if op is not None and op.module and not op.evaluates)
    return any(evidence.training.owner(preview.id) is not None for op in training for preview in op.inputs)


def _cleared(evidence: Evidence, first: int, last: int) -> set[int]:
    """The parameters whose gradients were cleared between two steps: what an attack on the input left in them."""
    found: set[int] = set()
    for step in evidence.trace.steps[first:last]:
        if isinstance(step, Optimizer) and step.did == "cleared":
            found.update(step.tensors)
        elif isinstance(step, Accumulate) and step.incoming is None and step.after is None:
            found.add(step.tensor)
    return found
