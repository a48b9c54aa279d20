"""A layer that was given a tensor of another size than it takes: which one, and what it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import FrameType, TracebackType
from typing import Any

import torch
from torch import nn

from tutor_tui.kernel.program.module_paths import held, inside
from tutor_tui.kernel.program.raised import calls_of

_TAKES = {
    nn.Linear: ("in_features", -1, "numbers in the last dimension"),
    nn.Conv1d: ("in_channels", -2, "channels"),
    nn.Conv2d: ("in_channels", -3, "channels"),
    nn.Conv3d: ("in_channels", -4, "channels"),
    nn.BatchNorm1d: ("num_features", 1, "features in dimension 1"),
    nn.BatchNorm2d: ("num_features", 1, "channels"),
}
"""By layer: the attribute that says how many, the dimension that has to have them, and what they are."""
SIZES = r"mat1 and mat2 shapes|size mismatch|expected input\[|running_mean should contain"
"""What torch says where a layer was given another size than it takes."""


def explain_layer(tb: TracebackType | None) -> str:
    """`net.out is a Linear that takes 6 numbers …`; "" where no layer of torch's was called with a wrong size."""
    for call in calls_of(tb):
        layer, given = call.names.get("self"), call.names.get("input")
        takes = _TAKES.get(type(layer))
        if takes is None or type(given) is not torch.Tensor or call.function != "forward":
            continue
        attribute, dimension, what = takes
        wanted = getattr(layer, attribute)
        if _has_other_weights(layer):
            continue
        if -given.dim() <= dimension < given.dim() and given.shape[dimension] != wanted:
            name = _name(layer, call.program)
            shape = "×".join(map(str, given.shape))
            return (
                f"{name} is a {type(layer).__name__} that takes {wanted} {what}; it was given {shape}, "
                f"with {given.shape[dimension]} there."
            )
    return ""


def _has_other_weights(layer: Any) -> bool:
    """Whether a layer's weights have another size than the layer says, as those of a pruned one may."""
    weight = layer._parameters.get("weight")
    if weight is None:
        return False
    match layer:
        case nn.Linear():
            return bool(weight.shape[1] != layer.in_features)
        case nn.modules.conv._ConvNd():
            return bool(weight.shape[1] * layer.groups != layer.in_channels)
    return bool(weight.shape[0] != layer.num_features)


def _name(layer: Any, callers: list[FrameType]) -> str:
    """The program's own name for a layer: a variable, or an attribute of one."""
    for frame in callers:
        for names in (frame.f_locals, frame.f_globals):
            found = next(_names(layer, names), "")
            if found:
                return found
    return "the layer"


def _names(layer: Any, names: Mapping[str, Any]) -> Iterator[str]:
    for path, _, root in held(names):
        step = next((step for step, module in inside(root) if module is layer), None)
        if step is not None and path + step != "self":
            yield path + step
