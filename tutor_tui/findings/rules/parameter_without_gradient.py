"""A parameter that an optimizer holds never gets a gradient, since no path leads from the loss to it.

Evidence, over the whole record: it wants a gradient, its optimizer steps, other parameters get theirs; and why:
what was computed from it is not tracked any more (detach(), no_grad(), .data, argmax), or no operation ever used
it. It is a mistake where a path was cut, or where the program's own class has a layer that it never runs; else a
notice. Legal twins: requires_grad=False, copies for EMA and targets, experts that were not chosen, functional use.
Source: the autograd notes on `requires_grad`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence, code, place, told
from tutor_tui.findings.gradient_mode import turned_off
from tutor_tui.findings.source import lines_like
from tutor_tui.findings.training import Held
from tutor_tui.protocol.messages import AnyStep, Finding, Op, Preview

LEVEL = "mistake"
SHARES = ("from_numpy", "as_tensor", "tensor")
"""Operations that make a tensor of an array."""
ENOUGH = 2
"""Steps of an optimizer after which each of its parameters should have had a gradient."""
WHY = "Without a gradient the optimizer passes a parameter over: it stays as it was made."


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each place at which a path is cut, and once for all that is never used."""
    if evidence.trace.failure is not None:
        return
    cuts: dict[int, tuple[Op, list[int]]] = {}
    unused: list[int] = []
    for held in evidence.training.optimizers.values():
        for tensor in _without(evidence, held):
            cut = _cut(evidence, tensor)
            if cut is not None:
                span = place(evidence.trace, cut)
                cuts.setdefault(span.line if span is not None else 0, (cut, []))[1].append(tensor)
            elif not evidence.uses.get(tensor):
                unused.append(tensor)
    for cut, tensors in cuts.values():
        yield _is_cut(evidence, cut, tensors)
    if unused:
        yield _is_unused(evidence, list(dict.fromkeys(unused)))


def _without(evidence: Evidence, held: Held) -> list[int]:
    """The parameters of an optimizer that steps which want a gradient and never had one, though others did."""
    if len([step for step in held.stepped if step.tensors]) < ENOUGH:
        return []
    return [t for t, since in held.tensors.items() if _is_left(evidence, t, since) and _wants(evidence, t)]


def _is_left(evidence: Evidence, tensor: int, since: int) -> bool:
    """Whether nothing came to a parameter, and nobody wrote to it, as one does to targets and codebooks."""
    return not evidence.training.arrivals.get(tensor) and not evidence.training.changed_since(tensor, since)


def _wants(evidence: Evidence, tensor: int) -> bool:
    """Whether a parameter was last seen to require a gradient, and a module has it."""
    used = evidence.uses.get(tensor)
    if evidence.training.owner(tensor) is None:
        return False
    if not used:
        return _seen_tracked(evidence, tensor)
    return next(p for p in used[-1].inputs if p.id == tensor).requires_grad


def _seen_tracked(evidence: Evidence, tensor: int) -> bool:
    seen: Preview | None = evidence.trace.tensors.at(tensor, len(evidence.trace.steps) - 1)
    return seen is not None and seen.requires_grad


def _cut(evidence: Evidence, tensor: int) -> Op | None:
    """The operation behind which nothing computed from a parameter is tracked, though a loss is made of it.

    None where something is tracked, or where the result only serves to evaluate. What comes behind the last step is no
    training: there nothing has to be tracked.
    """
    last = max(step.seq for held in evidence.training.holders(tensor) for step in held.stepped)
    found: Op | None = None
    for first in evidence.uses.get(tensor, ()):
        if first.within or first.mutates or first.seq > last:
            continue
        if first.node is not None and first.node in evidence.sent:
            return None  # it does lead to a loss: what is missing is another matter
        cut = next((op for op in (first, *evidence.following(first)) if _cuts(op)), None)
        if cut is None:
            return None  # it is tracked, and only never sent backward
        if _is_sent(evidence, cut) or _goes_on_in_numpy(evidence, cut):
            found = found or cut
    return found


def _is_sent(evidence: Evidence, op: Op) -> bool:
    """Whether something made of an operation's result was sent backward."""
    return any(after.node is not None and after.node in evidence.sent for after in evidence.following(op))


def _goes_on_in_numpy(evidence: Evidence, cut: Op) -> bool:
    """Whether no operation took a result, and the same pass was made of an array of its shape that came after it."""
    if any(evidence.following(cut)):
        return False
    until = evidence.sent_after(cut)
    made = (op for op in evidence.ops if until is not None and cut.seq < op.seq < until.seq)
    shape = cut.outputs[0].shape
    return any(op.name in SHARES and op.outputs[0].shape == shape and _is_sent(evidence, op) for op in made)


def _cuts(op: Op) -> bool:
    """Whether an operation took something tracked and made nothing that is."""
    return (
        any(p.requires_grad for p in op.inputs)
        and bool(op.outputs)
        and not any(p.requires_grad for p in op.outputs)
        and not op.mutates
    )


def _get(tensors: list[int]) -> str:
    return "get" if len(tensors) > 1 else "gets"


def _steps(evidence: Evidence, tensor: int) -> list[AnyStep]:
    held = evidence.training.holders(tensor)[0]
    return [*held.took[:1], held.stepped[-1]]


def _is_cut(evidence: Evidence, cut: Op, tensors: list[int]) -> Finding:
    made = code(evidence.trace, cut.span) or cut.name
    off = "gradient mode is off there" if cut.no_grad else f"the result of {cut.name} is not tracked"
    return told(
        evidence.trace,
        cut,
        f"{evidence.listed(tensors)} never {_get(tensors)} a gradient: {made} cuts the path from the loss ({off}).",
        WHY,
        "Compute what the loss needs outside of no_grad() and without detach(); or, if it is meant to stay, "
        "freeze it with requires_grad_(False) and give the optimizer only the others.",
        _steps(evidence, tensors[0]),
        span=turned_off(evidence, cut) if cut.no_grad else None,
    )


def _is_unused(evidence: Evidence, tensors: list[int]) -> Finding:
    trace = evidence.trace
    made = evidence.first_made(tensors[0])
    steps = _steps(evidence, tensors[0])
    return told(
        trace,
        made or steps[0],
        f"{evidence.listed(tensors)} never {_get(tensors)} a gradient: no operation of the record used it.",
        WHY,
        "Use the layer in forward(), or take it out of the model.",
        steps,
        "mistake" if _is_a_slip(evidence, tensors) else "notice",
    )


def _is_a_slip(evidence: Evidence, tensors: list[int]) -> bool:
    """Whether a whole layer stands in a class of the program's own that names it nowhere else.

    One of many alike, as in a list of experts, or of heads for other tasks, may just not have been chosen.
    """
    for tensor in tensors:
        owner = evidence.training.owner(tensor)
        made = evidence.first_made(tensor)
        if owner is None or made is None or made.library is not None:
            return False
        parts = owner[1].split(".")
        if any(part.isdigit() for part in parts) or "[" in owner[1]:
            return False
        if _is_named(evidence, parts[-2] if len(parts) > 1 else parts[-1]):
            return False
    return True


def _is_named(evidence: Evidence, attribute: str) -> bool:
    """Whether the program names a layer anywhere but where it makes it: it may be run another time."""
    names = re.compile(rf"\b{re.escape(attribute)}\b(?!\s*(:[^=]+)?=[^=])")
    return next(lines_like(evidence.trace.sources, names), None) is not None
