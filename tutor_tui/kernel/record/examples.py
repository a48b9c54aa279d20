"""One element of each parameter through an optimizer's step: what went in, and what came out."""

from __future__ import annotations

from collections import Counter
from typing import Any

import torch

from tutor_tui.kernel.probes.engine import torch_rule
from tutor_tui.protocol.messages import Example

MOST = 32
"""Parameters of a step of which one element is followed."""
_STATE = {
    "SGD": {"momentum_buffer": "buf"},
    "Adam": {"exp_avg": "m", "exp_avg_sq": "v", "max_exp_avg_sq": "v_max"},
    "AdamW": {"exp_avg": "m", "exp_avg_sq": "v", "max_exp_avg_sq": "v_max"},
    "RMSprop": {"square_avg": "v", "grad_avg": "a", "momentum_buffer": "buf"},
}
_SETTINGS = {
    "lr": "lr",
    "momentum": "μ",
    "dampening": "τ",
    "weight_decay": "λ",
    "nesterov": "nesterov",
    "maximize": "maximize",
    "eps": "ε",
    "alpha": "α",
    "centered": "centered",
    "amsgrad": "amsgrad",
    "decoupled_weight_decay": "decoupled",
}


def before_step(optimizer: Any) -> dict[int, Example]:
    """By the parameter's `id()`: the settings, the weight, its gradient and the state, of one element."""
    rule = torch_rule(optimizer)
    own = _STATE.get(rule)
    found: dict[int, Example] = {}
    times = Counter(id(parameter) for group in optimizer.param_groups for parameter in group["params"])
    for group in optimizer.param_groups:
        settings = {name: _number(group[key]) for key, name in _SETTINGS.items() if key in group}
        if isinstance(group.get("betas"), (tuple, list)):
            settings["β1"], settings["β2"] = map(_number, group["betas"])
        for parameter in group["params"]:
            if len(found) >= MOST:
                return found
            if _usable(parameter) and times[id(parameter)] == 1:  # else several rules change it in one step
                index = _interesting(parameter.grad)
                numbers = {"w": parameter[index].item(), "g": parameter.grad[index].item()}
                if own is not None:
                    numbers |= settings | _state(optimizer.state.get(parameter, {}), own, index)
                    if rule != "SGD":
                        numbers = dict.fromkeys(own.values(), 0.0) | {"t": 1.0} | numbers
                found[id(parameter)] = Example(index, numbers, rule if own is not None else "")
    return found


def after_step(example: Example | None, parameter: torch.Tensor) -> Example | None:
    """The example with the new value."""
    if example is not None:
        example.numbers["w'"] = parameter[example.index].item()
    return example


def _usable(parameter: torch.Tensor) -> bool:
    gradient = parameter.grad
    return (
        gradient is not None
        and gradient.layout is torch.strided
        and gradient.shape == parameter.shape
        and parameter.is_floating_point()
        and parameter.numel() > 0
    )


def _interesting(gradient: torch.Tensor) -> tuple[int, ...]:
    """The element with the largest gradient of a small tensor; the first of a large one."""
    if gradient.numel() > 64 or gradient.dim() == 0:
        return (0,) * gradient.dim()
    flat = int(gradient.abs().argmax())
    index: list[int] = []
    for size in reversed(gradient.shape):
        flat, at = divmod(flat, size)
        index.append(at)
    return tuple(reversed(index))


def _state(state: Any, names: dict[str, str], index: tuple[int, ...]) -> dict[str, float]:
    found: dict[str, float] = {}
    for key, name in names.items():
        value = state.get(key)
        if isinstance(value, torch.Tensor):
            found[name] = value[index].item()
    if "step" in state:
        found["t"] = _number(state["step"]) + 1
    return found


def _number(value: Any) -> float:
    return float(value.item() if isinstance(value, torch.Tensor) else value)
