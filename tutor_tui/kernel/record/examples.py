"""One element of each parameter through an optimizer's step: what went in, and what came out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
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


class Elements:
    """Single elements of tensors, all read at once: to read from a device is to wait until it has done all its work."""

    def __init__(self) -> None:
        self._wanted: list[tuple[dict[str, float], str, torch.Tensor]] = []

    def want(
        self, numbers: dict[str, float], name: str, tensor: torch.Tensor, index: tuple[int, ...]
    ) -> None:
        """The element at `index` of a tensor is to be put into `numbers`."""
        numbers[name] = 0.0
        self._wanted.append((numbers, name, _element(tensor, index)))

    def read(self) -> None:
        """Put all of them into the numbers they are for."""
        elsewhere: defaultdict[tuple[torch.device, torch.dtype], list[int]] = defaultdict(list)
        for place, (numbers, name, element) in enumerate(self._wanted):
            if element.is_cpu:
                numbers[name] = element.item()
            else:
                elsewhere[element.device, element.dtype].append(place)
        for places in elsewhere.values():
            values = torch.stack([self._wanted[place][2] for place in places]).tolist()
            for place, value in zip(places, values, strict=True):
                numbers, name, _ = self._wanted[place]
                numbers[name] = value


def before_step(optimizer: Any) -> dict[int, Example]:
    """By the parameter's `id()`: the settings, the weight, its gradient and the state, of one element."""
    rule = torch_rule(optimizer)
    own = _STATE.get(rule)
    chosen = list(islice(_chosen(optimizer), MOST))
    indices = _interesting([gradient for *_, gradient in chosen])
    groups = {id(group): group for group, *_ in chosen}
    settings = {key: _settings(group) if own is not None else {} for key, group in groups.items()}
    elements = Elements()
    found: dict[int, Example] = {}
    for (group, parameter, gradient), index in zip(chosen, indices, strict=True):
        # what a rule takes and torch has made no room for yet is 0
        usual = {} if own is None or rule == "SGD" else dict.fromkeys(own.values(), 0.0) | {"t": 1.0}
        numbers: dict[str, float] = usual | settings[id(group)]
        elements.want(numbers, "w", parameter, index)
        elements.want(numbers, "g", gradient, index)
        if own is not None:
            _put_state(elements, numbers, optimizer.state.get(parameter, {}), own, index)
        found[id(parameter)] = Example(index, numbers, rule if own is not None else "")
    elements.read()
    return found


def after_step(examples: dict[int, Example], parameters: Iterable[torch.Tensor]) -> None:
    """Put the new values into the examples."""
    elements = Elements()
    for parameter in parameters:
        if (example := examples.get(id(parameter))) is not None:
            elements.want(example.numbers, "w'", parameter, example.index)
    elements.read()


def _chosen(optimizer: Any) -> Iterator[tuple[dict[str, Any], torch.Tensor, torch.Tensor]]:
    """The parameters of which an element can be followed, each with its group and its gradient."""
    times = Counter(id(parameter) for group in optimizer.param_groups for parameter in group["params"])
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            gradient = parameter.grad
            if gradient is None or times[id(parameter)] > 1:  # else several rules change it in one step
                continue
            if _usable(parameter, gradient):
                yield group, parameter, gradient


def _settings(group: dict[str, Any]) -> dict[str, float]:
    found = {name: _number(group[key]) for key, name in _SETTINGS.items() if key in group}
    if isinstance(group.get("betas"), (tuple, list)):
        found["β1"], found["β2"] = map(_number, group["betas"])
    return found


def _usable(parameter: torch.Tensor, gradient: torch.Tensor) -> bool:
    return (
        gradient.layout is torch.strided
        and gradient.shape == parameter.shape
        and parameter.is_floating_point()
        and parameter.numel() > 0
    )


def _interesting(gradients: Sequence[torch.Tensor]) -> list[tuple[int, ...]]:
    """Of each the element with the largest gradient, where it is small; the first of a large one."""
    largest: dict[str, float] = {}
    elements = Elements()
    for number, gradient in enumerate(gradients):
        if 1 < gradient.numel() <= 64:
            elements.want(largest, str(number), gradient.abs().argmax(), ())
    elements.read()
    return [_index(int(largest.get(str(n), 0)), gradient.shape) for n, gradient in enumerate(gradients)]


def _index(flat: int, shape: Sequence[int]) -> tuple[int, ...]:
    """The index of an element by its number."""
    index: list[int] = []
    for size in reversed(shape):
        flat, at = divmod(flat, size)
        index.append(at)
    return tuple(reversed(index))


def _element(tensor: torch.Tensor, index: tuple[int, ...]) -> torch.Tensor:
    plain = type(tensor) in (torch.Tensor, torch.nn.Parameter) and tensor.dim() == len(index)
    # the first is there in one step, however many dimensions there are
    return tensor.as_strided((), ()) if plain and not any(index) else tensor[index]


def _put_state(
    elements: Elements, numbers: dict[str, float], state: Any, names: dict[str, str], index: tuple[int, ...]
) -> None:
    for key, name in names.items():
        value = state.get(key)
        if isinstance(value, torch.Tensor):
            elements.want(numbers, name, value, index)
    if "step" in state:
        numbers["t"] = _number(state["step"]) + 1


def _number(value: Any) -> float:
    return float(value.item() if isinstance(value, torch.Tensor) else value)
