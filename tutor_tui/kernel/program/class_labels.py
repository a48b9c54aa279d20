"""Class labels that a loss cannot take: which tensor they are, and what is wrong with them."""

from __future__ import annotations

from types import FrameType, TracebackType
from typing import Any

import torch

from tutor_tui.kernel.program.raised import calls_of

LOSSES = ("cross_entropy", "nll_loss")
LABELS = r"scalar type Long|target dtype to be Long|scalar types: Long, Int|Target -?\d+ is out of bounds|multi-target"
"""What torch says of class labels that it cannot take."""


def explain_labels(tb: TracebackType | None) -> str:
    """`y` holds the class labels and is float32 …"; "" where no loss over classes was called."""
    for call in calls_of(tb):
        given, labels = call.names.get("input"), call.names.get("target")
        if call.function in LOSSES and type(given) is type(labels) is torch.Tensor:
            return _what_is_wrong(_name(labels, call.program), labels, given)
    return ""


def _what_is_wrong(name: str, labels: torch.Tensor, given: torch.Tensor) -> str:
    classes = given.shape[1 if given.dim() > 1 else 0]
    kind = str(labels.dtype).removeprefix("torch.")
    if labels.dtype not in (torch.int64, torch.uint8):
        return (
            f"{name} holds the class labels, as {kind}. Class labels are whole numbers of dtype int64: convert them "
            f"with .long(). Probability labels need one column for each of the {classes} classes."
        )
    if labels.dim() == given.dim() and labels.dim() > 1:
        shape = "×".join(map(str, labels.shape))
        return f"{name} holds the class labels, as {shape}. There must be one label per row, with no class dimension."
    low, high = int(labels.min()), int(labels.max())
    return f"{name} holds the class labels, from {low} to {high}; with {classes} classes, the last is {classes - 1}."


def _name(labels: Any, callers: list[FrameType]) -> str:
    """The program's own name for a tensor."""
    for frame in callers:
        for name, value in [*frame.f_locals.items(), *frame.f_globals.items()]:
            if value is labels:
                return name
    return "The target"
