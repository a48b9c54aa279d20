"""A parameter gets gradients, and no optimizer holds it: it stays as it was made.

Evidence: gradients that arrived before steps of an optimizer that does not hold it, none of whose holders steps,
and no write to it ever after; and why: it lies in a plain list, its layer was put in after the optimizer was made,
or the optimizer holds parameters that get no gradient at all, or that another one holds; or the program clears these
gradients as it does those that it trains with. Else it may be meant, and is a notice. Legal twins:
frozen layers, an optimizer for each part, manual updates, input attacks, style transfer. Source: `torch.nn.Module`
and `torch.optim`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from tutor_tui.findings.evidence import Evidence, code, told, whole_line
from tutor_tui.findings.source import lines_like
from tutor_tui.findings.training import Held
from tutor_tui.protocol.messages import Accumulate, AnyStep, Finding, Optimizer

LEVEL = "mistake"
CLEARED = 2
"""Times that a gradient is cleared which is cared for."""
WHY = "backward() fills its gradient, but the step changes only what the optimizer was given."


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each cause, with the first parameter that shows it."""
    training = evidence.training
    steps = [step for held in training.optimizers.values() for step in held.stepped]
    left = [tensor for tensor in training.arrivals if _is_left(evidence, tensor, steps)]
    if not left:
        return
    loose = [tensor for tensor in left if _is_loose(evidence, tensor)]
    replaced = {
        tensor: old for tensor in left if tensor not in loose and (old := _replaced(evidence, tensor))
    }
    others = [tensor for tensor in left if tensor not in loose and tensor not in replaced]
    if loose:
        yield _in_a_list(evidence, loose)
    if replaced:
        yield _put_in_later(evidence, list(replaced), next(iter(replaced.values())))
    if others:
        yield _held_by_none(evidence, others)


def _is_left(evidence: Evidence, tensor: int, steps: Sequence[Optimizer]) -> bool:
    """Whether a module's parameter got a gradient, a step followed that did not mean it, and it never changed."""
    training = evidence.training
    came = [arrival.seq for arrival in training.arrivals[tensor] if arrival.incoming is not None]
    if not came or training.owner(tensor) is None or training.holders(tensor):
        return False
    return any(step.seq > came[0] for step in steps) and not training.changed_since(tensor, came[0])


def _is_loose(evidence: Evidence, tensor: int) -> bool:
    """Whether a parameter lies in a plain list or dict of its module."""
    owner = evidence.training.owner(tensor)
    return owner is not None and owner[1] in owner[0].loose


def _replaced(evidence: Evidence, tensor: int) -> int | None:
    """What an optimizer holds under the same name, and never got a gradient: it is no part of the model any more."""
    training = evidence.training
    for held in training.optimizers.values():
        for old in held.tensors:
            if old != tensor and _same_name(evidence, old, tensor) and not _came_since(evidence, old, tensor):
                return old
    return None


def _came_since(evidence: Evidence, old: int, new: int) -> bool:
    """Whether a parameter got a gradient after the first one of another."""
    arrivals = evidence.training.arrivals
    first = arrivals[new][0].seq
    return any(arrival.incoming is not None and arrival.seq > first for arrival in arrivals.get(old, ()))


def _same_name(evidence: Evidence, old: int, new: int) -> bool:
    names = evidence.trace.naming
    end = len(evidence.trace.steps) - 1
    known = {evidence.training.path(old), names.first_name(old, end)}
    return bool(known & {evidence.training.path(new), names.first_name(new, end)} - {""})


def _shown(evidence: Evidence, tensors: Sequence[int]) -> list[AnyStep]:
    """The first gradient of each parameter, and the first step that passed over it."""
    training = evidence.training
    came = [next(a for a in training.arrivals[tensor] if a.incoming is not None) for tensor in tensors]
    steps = [step for held in training.optimizers.values() for step in held.stepped if step.seq > came[0].seq]
    return [*came, *steps[:1]]


def _in_a_list(evidence: Evidence, tensors: list[int]) -> Finding:
    made = evidence.first_made(tensors[0])
    shown = _shown(evidence, tensors)
    where = _list_made(evidence, tensors[0])
    return told(
        evidence.trace,
        made or shown[0],
        f"{evidence.listed(tensors)}: in a plain list or dict, a layer is not registered, parameters() does not yield "
        "it, and no optimizer holds it.",
        WHY,
        "Put the layers into nn.ModuleList([...]) or nn.ModuleDict({...}), before the optimizer is made.",
        shown,
        span=whole_line(evidence.trace, *where) if where is not None else None,
    )


def _list_made(evidence: Evidence, tensor: int) -> tuple[str, int] | None:
    """The line that makes, or fills, the list or dict that a parameter lies in."""
    owner = evidence.training.owner(tensor)
    before = owner[1].partition("[")[0] if owner is not None else ""
    attribute = re.escape(before.rpartition(".")[2])
    for pattern in (
        rf"\b{attribute}\s*(:[^=]+)?=[^=]",
        rf"\b{attribute}\.(append|extend|update)\(",
        rf"\b{attribute}\[",
    ):
        found = next(lines_like(evidence.trace.sources, re.compile(pattern)), None) if attribute else None
        if found is not None:
            return found
    return None


def _put_in_later(evidence: Evidence, tensors: list[int], old: int) -> Finding:
    made = evidence.first_made(tensors[0])
    shown = _shown(evidence, tensors)
    held = evidence.training.holders(old)[0]
    return told(
        evidence.trace,
        evidence.asked_for(made) if made is not None else shown[0],
        f"{evidence.listed(tensors)} {'were' if len(tensors) > 1 else 'was'} made after {held.name} had been given "
        "the parameters of the layer before: "
        "the optimizer still holds the old ones, which get no gradient.",
        WHY,
        "Make the optimizer after the model is complete, or give it the new ones with add_param_group().",
        [*shown, *held.took[:1]],
    )


def _held_by_none(evidence: Evidence, tensors: list[int]) -> Finding:
    training = evidence.training
    shown = _shown(evidence, tensors)
    idle = [
        h
        for h in training.optimizers.values()
        if _gets_nothing(evidence, h) or _holds_a_copy(evidence, h, tensors) or _holds_anothers(evidence, h)
    ]
    held = idle[0] if idle else next(held for held in training.optimizers.values() if held.stepped)
    where = code(evidence.trace, held.first.span) or held.name
    several = len(tensors) > 1
    cared = _is_cared_for(evidence, tensors)
    message = f"{evidence.listed(tensors)} {'get' if several else 'gets'} gradients, and no optimizer holds "
    message += "them." if several else "it."
    if idle:
        given = "that another optimizer holds" if _holds_anothers(evidence, held) else "that get no gradient"
        message = f"{where} was given parameters {given}. {message}"
    return told(
        evidence.trace,
        held.took[0] if held.took else held.first,
        message,
        WHY,
        _advice(bool(idle), cared),
        shown,
        "mistake" if idle or cared else "notice",
    )


def _advice(idle: bool, cared: bool) -> str:
    if idle:
        return "Give the optimizer the parameters of the model that the loss comes from."
    if cared:
        return "Give the optimizer these parameters too."
    return "If they are meant to stay, freeze them with requires_grad_(False); else give the optimizer these too."


def _is_cared_for(evidence: Evidence, tensors: list[int]) -> bool:
    """Whether the program clears these gradients again and again, as only those of what is to be trained."""
    cleared = Counter(
        step.tensor
        for step in evidence.trace.steps
        if isinstance(step, Accumulate) and step.incoming is None and step.after is None
    )
    training = evidence.training
    held = {tensor for h in training.optimizers.values() for tensor in h.tensors}
    trained = {owner[0].seq for tensor in held if (owner := training.owner(tensor)) is not None}
    own = {owner[0].seq for tensor in tensors if (owner := training.owner(tensor)) is not None}
    apart = bool(trained) and not own & trained  # zero_grad() of a model clears what is frozen in it, too
    return apart and all(cleared[tensor] >= CLEARED for tensor in tensors)


def _holds_anothers(evidence: Evidence, held: Held) -> bool:
    """Whether all that an optimizer holds was given before to another one, which goes on stepping beside it."""
    others = [o for o in evidence.training.optimizers.values() if o.first.seq < held.first.seq and o.stepped]
    same = [o for o in others if held.tensors and set(held.tensors) <= set(o.tensors)]
    return bool(held.stepped) and any(o.stepped[-1].seq > held.stepped[0].seq for o in same)


def _gets_nothing(evidence: Evidence, held: Held) -> bool:
    """Whether an optimizer steps, and nothing that it holds has had a gradient since it was made."""
    training = evidence.training
    since = held.first.seq
    arrivals = (a for tensor in held.tensors for a in training.arrivals.get(tensor, ()))
    return bool(held.stepped) and not any(a.seq > since for a in arrivals)


def _holds_a_copy(evidence: Evidence, held: Held, tensors: list[int]) -> bool:
    """Whether what an optimizer holds in vain has the very shapes of what it does not hold: a copy of the model."""
    vain = [tensor for tensor in held.tensors if not evidence.training.arrivals.get(tensor)]
    shapes = Counter(_shape(evidence, tensor) for tensor in vain)
    same = shapes == Counter(_shape(evidence, tensor) for tensor in tensors)
    return bool(held.stepped) and None not in shapes and same


def _shape(evidence: Evidence, tensor: int) -> tuple[int, ...] | None:
    seen = evidence.trace.tensors.at(tensor, len(evidence.trace.steps) - 1)
    return tuple(seen.shape) if seen is not None else None
