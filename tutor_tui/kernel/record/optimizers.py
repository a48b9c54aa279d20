"""What optimizers are there, what they hold, and when they clear gradients and step."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from importlib import import_module
from types import FrameType
from typing import Any

import torch

from tutor_tui.kernel.probes import modes
from tutor_tui.kernel.probes.replaced import Replaced
from tutor_tui.kernel.probes.shield import Fault, Shielded, Undispatched, history
from tutor_tui.kernel.record.operations import Operations
from tutor_tui.protocol.limits import KEPT
from tutor_tui.protocol.messages import Accumulate, Optimizer, Preview, Span, Step

COMPILER = "torch._dynamo"
"""What torch loads for the first optimizer of a process."""
_MADE = "_patch_step_function"
"""What torch calls for each optimizer that is made, before it is given parameters."""


class _Known:
    """An optimizer of the program's, which is not kept alive."""

    def __init__(self, optimizer: Any, number: int, span: Span | None) -> None:
        self.reference = weakref.ref(optimizer)
        self.number, self.span = number, span
        self.held: set[int] = set()
        self.since = 0
        """The number that the next new tensor had at the last step."""


class OptimizerRecorder:
    """Tells of each optimizer: what it took, each clearing, each step."""

    def __init__(self, ops: Operations, emit: Callable[..., None], fault: Fault) -> None:
        self._ops, self._emit, self._fault = ops, emit, fault
        self._identities = ops.preview.identities
        self._known: dict[int, _Known] = {}
        self._new: list[Any] = []
        self._count = 0
        self._replaced = Replaced()

    statistics = False
    """Whether gradients are measured."""

    def install(self) -> None:
        """Hear of optimizers that are made, and of gradients that are cleared."""
        if hasattr(torch.optim.Optimizer, _MADE):
            self._replaced.put(torch.optim.Optimizer, _MADE, self._making)
        self._replaced.put(torch.optim.Optimizer, "zero_grad", self._clearing)

    def remove(self) -> None:
        """Hear no more."""
        with Shielded(self._fault), Undispatched():
            self.tell_new()
        self._replaced.give_back()

    def tell_new(self) -> None:
        """Say of the optimizers made since the last time what they hold: they have it all by now."""
        new, self._new = self._new, []
        for reference in new:
            optimizer = reference()
            if optimizer is not None and hasattr(optimizer, "param_groups"):
                self._take(optimizer, None)

    def stepped(
        self, optimizer: Any, with_gradient: Iterable[torch.Tensor], caller: FrameType | None
    ) -> Step:
        """An optimizer has stepped: the fact of it."""
        self.tell_new()
        self._take(optimizer, caller)
        known = self._known[id(optimizer)]
        kept = [number for number, _ in zip(self._alive(known.since), range(KEPT), strict=False)]
        known.since = self._identities.following
        moved = {self._identities.number(p): p for p in [*with_gradient, *_with_gradient(optimizer)]}
        fact = self._fact(optimizer, "stepped", sorted(moved), self._span(caller), kept)
        if self.statistics:
            fact.gradients = _sizes([moved[number].grad for number in fact.tensors])
        return fact

    def _making(self, original: Any) -> Any:
        @wraps(original)
        def made(optimizer: Any) -> None:
            original(optimizer)
            # torch is about to load it: a million calls that nobody is to be told of; where it cannot, torch says so
            with Shielded(lambda error: None), Undispatched():
                import_module(COMPILER)
            with Shielded(self._fault), Undispatched():
                self._meet(optimizer, self._ops.files.nearest(sys._getframe(1)))
                self._new.append(weakref.ref(optimizer))

        return made

    def _clearing(self, original: Any) -> Any:
        @wraps(original)
        def zero_grad(optimizer: Any, *args: Any, **kwargs: Any) -> Any:
            before: list[tuple[torch.Tensor, Preview]] = []
            with Shielded(self._fault), Undispatched():
                self.tell_new()
                before = [
                    (p, self._ops.preview(p.grad)) for p in _with_gradient(optimizer) if p.grad is not None
                ]
            # all that it clears is told of at once: torch's own runs nothing of the program's
            torch_s_own = str(getattr(original, "__module__", "")).startswith("torch.")
            above = modes.remove(self._ops.mode) if torch_s_own else -1
            try:
                result = original(optimizer, *args, **kwargs)
            finally:
                modes.restore(self._ops.mode, above)
            with Shielded(self._fault), Undispatched():
                self._cleared(optimizer, before, self._ops.files.nearest(sys._getframe(1)))
            return result

        return zero_grad

    def _cleared(
        self, optimizer: Any, before: list[tuple[torch.Tensor, Preview]], caller: FrameType | None
    ) -> None:
        self._take(optimizer, caller)
        scope = self._ops.scope()
        numbers: list[int] = []
        steps: list[Step] = []
        for parameter, old in before:
            number = self._identities.number(parameter)
            new = self._ops.preview.maybe(parameter.grad)  # filled with zeros, or None
            numbers.append(number)
            steps.append(Accumulate(tensor=number, incoming=None, before=old, after=new, scope=scope))
        self._emit(*steps, self._fact(optimizer, "cleared", numbers, self._span(caller)))

    def _meet(self, optimizer: Any, caller: FrameType | None) -> _Known:
        known = self._known.get(id(optimizer))
        if known is None or known.reference() is not optimizer:
            self._count += 1
            known = self._known[id(optimizer)] = _Known(optimizer, self._count, self._span(caller))
        return known

    def _take(self, optimizer: Any, caller: FrameType | None) -> None:
        """Say what an optimizer holds that it has not been seen with."""
        known = self._meet(optimizer, caller)
        numbers = dict.fromkeys(self._identities.number(p) for p in _parameters(optimizer))
        if new := [number for number in numbers if number not in known.held]:
            known.held.update(new)
            self._emit(self._fact(optimizer, "took", new, known.span))

    def _fact(
        self, optimizer: Any, did: str, tensors: list[int], span: Span | None, kept: list[int] | None = None
    ) -> Optimizer:
        return Optimizer(
            number=self._known[id(optimizer)].number,
            name=type(optimizer).__name__,
            did=did,
            tensors=tensors,
            span=span,
            rates=[float(group["lr"]) for group in optimizer.param_groups if _plain(group.get("lr"))],
            kept=kept or [],
            scope=self._ops.scope(),
        )

    def _alive(self, before: int) -> Iterator[int]:
        """Tensors numbered before one that live on with the graph that made them."""
        for known in self._identities.oldest(before):
            tensor = known()
            if tensor is not None and history(tensor) is not None:
                yield known.number

    def _span(self, frame: FrameType | None) -> Span | None:
        return self._ops.spans.of(frame) if frame is not None else None


def _plain(rate: Any) -> bool:
    """Whether a learning rate can be read without waiting for a device."""
    return isinstance(rate, (int, float)) or (isinstance(rate, torch.Tensor) and rate.is_cpu)


def _sizes(gradients: list[torch.Tensor | None]) -> list[float]:
    """The root of the mean square of each; [] where that would wait for a device, or not all are there."""
    if any(g is None or not g.is_cpu or g.layout is not torch.strided or not g.numel() for g in gradients):
        return []
    with torch.no_grad():
        return [_norm(g.detach()) / g.numel() ** 0.5 for g in gradients if g is not None]


def _norm(gradient: torch.Tensor) -> float:
    exact = gradient.dtype in (torch.float32, torch.float64) or gradient.is_complex()
    return float(torch.linalg.vector_norm(gradient if exact else gradient.float()))


def _parameters(optimizer: Any) -> Iterator[torch.Tensor]:
    for group in optimizer.param_groups:
        yield from group["params"]


def _with_gradient(optimizer: Any) -> list[torch.Tensor]:
    """Each parameter that has a gradient, once: torch lets one stand in several groups."""
    found = {id(p): p for p in _parameters(optimizer) if p.grad is not None}
    return list(found.values())
