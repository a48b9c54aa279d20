"""What an optimizer's step changed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.optim import optimizer as hooks

from tutor_tui.kernel import modes
from tutor_tui.kernel.preview import Previewer
from tutor_tui.protocol.messages import Preview, Step, Update


class OptimizerWatch:
    """Compares parameters before and after every optimizer step, by torch's global step hooks."""

    def __init__(self, preview: Previewer, emit: Callable[..., None], mode: Any) -> None:
        self._preview = preview
        self._mode = mode
        self._emit = emit
        self._handles: list[Any] = []
        self._before: list[list[tuple[torch.Tensor, Preview]]] = []
        self._above: list[int] = []

    def install(self) -> None:
        """Start comparing."""
        self._handles = [
            hooks.register_optimizer_step_pre_hook(self._starts),
            hooks.register_optimizer_step_post_hook(self._ended),
        ]

    def remove(self) -> None:
        """Stop comparing."""
        for handle in self._handles:
            handle.remove()
        self._handles = []

    def _starts(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        trace = modes.pause()
        with torch._C.DisableTorchFunction():
            self._before.append([(p, self._preview(p)) for p in _parameters(optimizer)])
        sys.settrace(trace)
        # its own arithmetic is no step of the program; a closure, which is, needs the mode
        closure = len(args) > 1 or bool(kwargs)
        self._above.append(-1 if closure else modes.remove(self._mode))

    def _ended(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if not self._before:
            return
        modes.restore(self._mode, self._above.pop())
        trace = modes.pause()
        with torch._C.DisableTorchFunction():
            steps = list(self._changes(self._before.pop(), type(optimizer).__name__))
            if steps:
                self._emit(*steps)
        sys.settrace(trace)

    def _changes(self, before: list[tuple[torch.Tensor, Preview]], name: str) -> Iterator[Step]:
        for parameter, old in before:
            new = self._preview(parameter)
            if new.version != old.version or new.values != old.values:
                yield Update(tensor=old.id, before=old, after=new, by="optimizer", name=name)


def _parameters(optimizer: Any) -> Iterator[torch.Tensor]:
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            if parameter.grad is not None:
                yield parameter
