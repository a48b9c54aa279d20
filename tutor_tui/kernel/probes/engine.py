"""The one place where torch's autograd engine and its optimizers are watched.

Recording, watching and the search for a bad value all need to be called when a backward pass runs and when an
optimizer steps, often two of them at once, and each comes and goes on its own. Here they are joined: torch is
patched once, and given back once. Whatever goes wrong in any of them is no concern of the program's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch.optim import optimizer as hooks

from tutor_tui.kernel.probes.hidden import Hidden
from tutor_tui.kernel.probes.shield import Fault, let_through

_ENGINE = "_engine_run_backward"

Backward = Callable[..., Any]
"""Runs a pass, as `torch.autograd._engine_run_backward` does: the tensors sent backward come first."""
Wrap = Callable[[Backward], Backward]
StepHook = Callable[[Any, Sequence[Any], Any], None]
"""Called with an optimizer and what its `step` was given."""
Idle = Callable[[Any], bool]
"""Asked about an optimizer; it must not raise, nor touch a tensor."""


class Engine:
    """Stand-ins for the engine, the last one outermost; there is one for the whole process."""

    def __init__(self) -> None:
        self._original: Backward | None = None
        self._wraps: list[Wrap] = []

    def add(self, wrap: Wrap) -> None:
        """Have passes run through `wrap(what runs them without)`."""
        if self._original is None:
            self._original = getattr(torch.autograd, _ENGINE)
        self._wraps.append(wrap)
        self._patch(self._original)

    def remove(self, wrap: Wrap) -> None:
        """Take a stand-in out, wherever it lies."""
        if wrap not in self._wraps or self._original is None:
            return
        self._wraps.remove(wrap)
        self._patch(self._original)
        if not self._wraps:
            self._original = None

    def _patch(self, run: Backward) -> None:
        for wrap in self._wraps:
            run = wrap(run)
        setattr(torch.autograd, _ENGINE, run)


class _Called(NamedTuple):
    """Who is called at a step, who hears what goes wrong there, and whether there is anything to do."""

    hook: StepHook
    fault: Fault
    idle: Idle


class OptimizerSteps:
    """Calls hooks around every step of every optimizer: those before it and those behind it, in their order."""

    def __init__(self) -> None:
        self._handles: dict[str, Any] = {}
        self._before: list[_Called] = []
        self._after: list[_Called] = []

    def add(
        self,
        fault: Fault,
        before: StepHook | None = None,
        after: StepHook | None = None,
        idle: Idle = lambda optimizer: False,
    ) -> None:
        """Call `before` and `after` from now on; `fault` hears what goes wrong in them.

        `idle` is asked first, at each step: where it says that there is nothing to do, neither is called.
        torch may be in the middle of a step's hooks: its lists stay as they are, and ours are copied when changed.
        """
        if before is not None:
            self._before = [*self._before, _Called(before, fault, idle)]
            if "before" not in self._handles:
                self._handles["before"] = hooks.register_optimizer_step_pre_hook(self._starts)
        if after is not None:
            self._after = [*self._after, _Called(after, fault, idle)]
            if "after" not in self._handles:
                self._handles["after"] = hooks.register_optimizer_step_post_hook(self._ended)

    def remove(self, *gone: StepHook) -> None:
        """Call these no more."""
        self._before = [called for called in self._before if called.hook not in gone]
        self._after = [called for called in self._after if called.hook not in gone]
        if not self._before and not self._after:
            for handle in self._handles.values():
                handle.remove()
            self._handles = {}

    def _starts(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        for hook, fault, idle in self._before:
            if not idle(optimizer):
                _shielded(hook, fault, optimizer, args, kwargs)

    def _ended(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        for hook, fault, idle in self._after:
            if not idle(optimizer):
                _shielded(hook, fault, optimizer, args, kwargs)


def _shielded(hook: StepHook, fault: Fault, optimizer: Any, args: Any, kwargs: Any) -> None:
    try:
        with Hidden():
            hook(optimizer, args, kwargs)
    except Exception as error:
        let_through(error)  # what a signal handler of the program has raised is the program's own
        fault(error)


engine = Engine()
optimizer_steps = OptimizerSteps()


def torch_rule(optimizer: Any) -> str:
    """The class of torch's own whose arithmetic a step does ("SGD", "AdamW"); "" for a program's own.

    A class of the program's may have the same name, and one derived from torch's may step as that does: what
    counts is where the method comes from.
    """
    classes = type(optimizer).__mro__
    if not getattr(type(optimizer).step, "__module__", "").startswith("torch.optim"):
        return ""
    return next((c.__name__ for c in classes if c.__module__.startswith("torch.optim")), "")
