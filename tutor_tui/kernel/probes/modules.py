"""Which nn.Module runs: read from the frames of the calls, so that nothing of torch's is hooked or replaced."""

from __future__ import annotations

from types import CodeType, FrameType
from typing import Any

from torch import nn

from tutor_tui.kernel.program.variables import own_attributes

_call: Any = nn.Module.__call__
CALL: CodeType = _call.__code__
"""The code that every call of a module goes through; its `self` is the module."""
MANY = 500
"""Frames that are looked through outwards for all of them."""
FAR = 64
"""Frames that are looked through outwards for a module's call: a deep recursion must not be walked at each step."""


def called(frame: FrameType) -> nn.Module:
    """The module whose call this is. Its frame has three names and lets none of them go: to read them is harmless."""
    module: nn.Module = frame.f_locals["self"]
    return module


def says_training(module: nn.Module) -> bool:
    """A module's own flag, read without running any code of the program's."""
    return bool(own_attributes(module).get("training", True))


def flags(frame: FrameType | None) -> list[bool]:
    """The flags of the modules that are being called, the innermost first."""
    found: list[bool] = []
    for _ in range(MANY):
        if frame is None:
            break
        if frame.f_code is CALL:
            found.append(says_training(called(frame)))
        frame = frame.f_back
    return found


def enclosing_call(frame: FrameType | None) -> FrameType | None:
    """The innermost call of a module at or outside a frame; None where there is none nearby."""
    for _ in range(FAR):
        if frame is None or frame.f_code is CALL:
            return frame
        frame = frame.f_back
    return None
