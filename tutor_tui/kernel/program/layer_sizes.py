"""A layer that was given a tensor of another size than it takes: which one, and what it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import FrameType, TracebackType
from typing import Any

import torch
from torch import nn

from tutor_tui.kernel.program.files import Kind, judge

_TAKES = {
    nn.Linear: ("in_features", -1, "numbers in the last dimension"),
    nn.Conv1d: ("in_channels", -2, "channels"),
    nn.Conv2d: ("in_channels", -3, "channels"),
    nn.Conv3d: ("in_channels", -4, "channels"),
    nn.BatchNorm1d: ("num_features", 1, "features in dimension 1"),
    nn.BatchNorm2d: ("num_features", 1, "channels"),
}
"""By layer: the attribute that says how many, the dimension that has to have them, and what they are."""


def explain_layer(tb: TracebackType | None) -> str:
    """`net.out is a Linear that takes 6 numbers …`; "" where no layer of torch's was called with a wrong size."""
    frames = list(_frames(tb))
    for at in reversed(range(len(frames))):
        names = frames[at].f_locals
        layer, given = names.get("self"), names.get("input")
        takes = _TAKES.get(type(layer))
        if takes is None or type(given) is not torch.Tensor or frames[at].f_code.co_name != "forward":
            continue
        attribute, dimension, what = takes
        wanted = getattr(layer, attribute)
        if -given.dim() <= dimension < given.dim() and given.shape[dimension] != wanted:
            name = _name(layer, reversed(frames[:at]))
            shape = "×".join(map(str, given.shape))
            return (
                f"{name} is a {type(layer).__name__} that takes {wanted} {what}; it was given {shape}, "
                f"with {given.shape[dimension]} there."
            )
    return ""


def _frames(tb: TracebackType | None) -> Iterator[FrameType]:
    while tb is not None:
        yield tb.tb_frame
        tb = tb.tb_next


def _name(layer: Any, callers: Iterator[FrameType]) -> str:
    """The program's own name for a layer: a variable, or an attribute of one."""
    for frame in callers:
        if judge(frame.f_code.co_filename) is not Kind.PROGRAM:
            continue
        for names in (frame.f_locals, frame.f_globals):
            found = next(_names(layer, names), "")
            if found:
                return found
    return "the layer"


def _names(layer: Any, names: Mapping[str, Any]) -> Iterator[str]:
    for name, value in list(names.items()):
        if value is layer and name != "self":
            yield name
        elif issubclass(type(value), nn.Module):
            for path, module in nn.Module.named_modules(value):
                if module is layer and path:
                    yield f"{name}.{path}"
