"""What an optimizer's step changed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, NamedTuple

import torch

from tutor_tui.kernel.probes import modes
from tutor_tui.kernel.probes.engine import optimizer_steps, torch_rule
from tutor_tui.kernel.probes.previews import Previewer
from tutor_tui.kernel.probes.reading import capturing, waiting
from tutor_tui.kernel.probes.shield import Fault, Shielded, Undispatched
from tutor_tui.kernel.record.examples import after_step, before_step
from tutor_tui.kernel.record.operations import Operations
from tutor_tui.kernel.record.optimizers import OptimizerRecorder
from tutor_tui.protocol.messages import Example, Preview, Step, Update


class _Running(NamedTuple):
    before: list[tuple[torch.Tensor, Preview]]
    examples: dict[int, Example]
    above: int
    caller: FrameType | None


class UpdateRecorder:
    """Compares parameters before and after every optimizer step."""

    def __init__(
        self,
        preview: Previewer,
        emit: Callable[..., None],
        ops: Operations,
        optimizers: OptimizerRecorder,
        fault: Fault,
    ) -> None:
        self._optimizers = optimizers
        self._preview = preview
        self._files = ops.files
        self._mode = ops.mode
        self._emit = emit
        self._fault = fault
        self._running: list[_Running] = []
        self.active = True
        """Whether steps are looked at: the hooks stay, since one of them may be the one that changes this."""

    def install(self) -> None:
        """Start comparing."""
        optimizer_steps.add(
            self._fault, self._starts, self._ended, lambda optimizer: not self.active and not self._running
        )

    def remove(self) -> None:
        """Stop comparing."""
        optimizer_steps.remove(self._starts, self._ended)

    def recover(self, frame: FrameType) -> None:
        """An exception has come up in a frame of the program: the step that it called is over."""
        while self._running and self._running[-1].caller is frame:
            modes.restore(self._mode, self._running.pop().above)

    def _starts(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if not self.active:
            return
        before: list[tuple[torch.Tensor, Preview]] = []
        plain = len(args) < 2 and not kwargs  # a closure computes gradients anew
        with Shielded(self._fault), Undispatched():
            before = [(p, self._preview(p)) for p in _parameters(optimizer, with_gradient=plain)]
        examples: dict[int, Example] = {}
        if before and plain and not capturing():
            with Shielded(self._fault), Undispatched(), torch.no_grad(), waiting():
                examples = before_step(optimizer)
        # torch's own arithmetic is no step of the program; a closure, which is, needs the mode
        own = torch_rule(optimizer) and plain
        above = modes.remove(self._mode) if own else -1
        self._running.append(_Running(before, examples, above, self._files.nearest(sys._getframe(1))))

    def _ended(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if not self._running:
            return
        done = self._running.pop()
        modes.restore(self._mode, done.above)
        with Shielded(self._fault), Undispatched(), waiting():
            changes = list(self._changes(done, type(optimizer).__name__))
            moved = [parameter for parameter, _ in done.before if parameter.grad is not None]
            self._emit(self._optimizers.stepped(optimizer, moved, done.caller), *changes)

    def _changes(self, done: _Running, name: str) -> Iterator[Step]:
        now = [(parameter, old, self._preview(parameter)) for parameter, old in done.before]
        changed = [seen for seen in now if _differ(seen[1], seen[2])]
        with torch.no_grad():
            after_step(done.examples, [parameter for parameter, _, _ in changed])
        for parameter, old, new in changed:
            example = done.examples.get(id(parameter))
            yield Update(tensor=old.id, before=old, after=new, by="optimizer", name=name, example=example)


def _differ(old: Preview, new: Preview) -> bool:
    return new.version != old.version or new.values != old.values


def _parameters(optimizer: Any, with_gradient: bool) -> Iterator[torch.Tensor]:
    """Each parameter, or only those that have a gradient, once: torch lets one stand in several groups."""
    seen: set[int] = set()
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            there = parameter.grad is not None or not with_gradient
            if there and id(parameter) not in seen:
                seen.add(id(parameter))
                yield parameter
