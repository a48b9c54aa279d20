"""Modules and layers as facts: which parameters a module has, and how a layer ran that trains otherwise."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import nn

from tutor_tui.kernel.probes.hidden import unreadable
from tutor_tui.kernel.probes.modules import flags
from tutor_tui.kernel.probes.places import find_caller
from tutor_tui.kernel.probes.shield import history, is_tensor
from tutor_tui.kernel.program.module_paths import inside, parameters_of
from tutor_tui.protocol.messages import Activation, Layer, Module

DROPOUTS = ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout")
RELUS = ("relu", "relu_")
FLAT = {"sigmoid": (0.05, 0.95), "tanh": (-0.95, 0.95), "sigmoid_": (0.05, 0.95), "tanh_": (-0.95, 0.95)}
"""Functions that are flat on both sides, and the results below and above which they are."""
UNITS = 4096
"""Units that are told one by one."""
OFF_AT_FIRST = ("batch_norm", "alpha_dropout", "feature_alpha_dropout")
"""Functions that work as in evaluation where they are not told."""
NORMS = ("batch_norm", "instance_norm")


def trains_otherwise(name: str) -> bool:
    """Whether a function works otherwise in training."""
    return name in DROPOUTS or name in NORMS


def is_active(name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> bool | None:
    """Whether such a function was told to work as in training; None where it does the same in both ways."""
    if name in NORMS:
        mean = kwargs.get("running_mean", args[1] if len(args) > 1 else None)
        if mean is None:  # it has no running statistics, and always takes those of the batch
            return None
        key, place = "use_input_stats" if name == "instance_norm" else "training", 5
    else:
        rate = kwargs.get("p", args[1] if len(args) > 1 else 0.5)
        if not rate:
            return None
        key, place = "training", 2
    usual = name not in OFF_AT_FIRST
    return bool(kwargs.get(key, kwargs.get("train", args[place] if len(args) > place else usual)))


def activates(name: str) -> bool:
    """Whether a function is an activation that can be measured."""
    return name in RELUS or name in FLAT


def silent_units(output: torch.Tensor) -> tuple[int, list[int]]:
    """How many units a result has, and those that are 0 for every sample, and at every place of a picture."""
    unit = output.dim() - 1 if output.dim() < 4 else 1
    others = [dimension for dimension in range(output.dim()) if dimension != unit]
    silent = (output.detach() == 0).flatten() if not others else output.detach().abs().amax(dim=others) == 0
    return output.shape[unit], silent.nonzero().flatten().tolist()[:UNITS]


def saturated(name: str, output: torch.Tensor) -> float | None:
    """The part of all elements that lie where the function is flat; None for one that is flat on one side only."""
    if name not in FLAT:
        return None
    low, high = FLAT[name]
    values = output.detach()
    return ((values < low) | (values > high)).float().mean().item()


class LayerRecorder:
    """Emits what is known of modules and layers."""

    statistics = False
    """Whether activations are measured."""

    def __init__(self, ops: Any, emit: Callable[..., None]) -> None:
        self._ops, self._emit = ops, emit

    def ran(self, name: str, args: Sequence[Any], kwargs: dict[str, Any], result: Any) -> None:
        """A function that trains otherwise, or activates, has run."""
        if activates(name):
            self._activated(name, result)
            return
        active = is_active(name, args, kwargs)
        given = args[0] if args else kwargs.get("input")
        if active is None or given is None or not is_tensor(given) or not is_tensor(result):
            return
        caller = find_caller(sys._getframe(2), self._ops.files)
        number = self._ops.preview.identities.number
        node = history(result)
        self._emit(
            Layer(
                name=name,
                active=active,
                module=self._ops.places.module(caller)[0],
                span=self._ops.spans.of(caller.frame) if caller.frame is not None else None,
                tensor=number(given),
                output=number(result),
                node=self._ops.graph.number(node) if node is not None else None,
                training=flags(sys._getframe(2)),
                no_grad=not torch.is_grad_enabled(),
                scope=self._ops.scope(),
            )
        )

    def _activated(self, name: str, result: Any) -> None:
        """Measure what came out; not where that would wait for a device."""
        if not is_tensor(result) or not result.is_cpu or result.dim() < 2 or not result.is_floating_point():
            return
        if not result.numel() or unreadable() or torch._C._functorch.is_functorch_wrapped_tensor(result):
            return
        caller = find_caller(sys._getframe(3), self._ops.files)
        node = history(result)
        units, silent = silent_units(result) if name in RELUS else (0, [])
        self._emit(
            Activation(
                name=name,
                module=self._ops.places.module(caller)[0],
                span=self._ops.spans.of(caller.frame) if caller.frame is not None else None,
                output=self._ops.preview.identities.number(result),
                node=self._ops.graph.number(node) if node is not None else None,
                units=units,
                silent=silent,
                saturated=saturated(name, result),
                scope=self._ops.scope(),
            )
        )

    def met(self, path: str, root: nn.Module) -> None:
        """A module has run that had no name, or a part of it: what it consists of now."""
        registered: dict[str, int] = {}
        loose: dict[str, int] = {}
        for name, parameter in _parameters(root):
            into = loose if "[" in name else registered
            into[name] = self._ops.preview.identities.number(parameter)
        fact = Module(
            name=path, type=type(root).__name__, parameters=registered, loose=loose, scope=self._ops.scope()
        )
        self._emit(fact)


def _parameters(root: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    for step, module in inside(root):
        for own, parameter in parameters_of(module):
            if is_tensor(parameter):
                yield f"{step}.{own}".removeprefix("."), parameter
