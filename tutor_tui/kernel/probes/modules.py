"""Which nn.Module runs: read from the frames of the calls, so that nothing of torch's is hooked or replaced."""

from __future__ import annotations

from types import CodeType, FrameType
from typing import Any

from torch import nn

_call: Any = nn.Module.__call__
CALL: CodeType = _call.__code__
"""The code that every call of a module goes through; its `self` is the module."""
FAR = 64
"""Frames that are looked through outwards for a module's call: a deep recursion must not be walked at each step."""


def called(frame: FrameType) -> nn.Module:
    """The module whose call this is. Its frame has three names and lets none of them go: to read them is harmless."""
    module: nn.Module = frame.f_locals["self"]
    return module


def enclosing_call(frame: FrameType | None) -> FrameType | None:
    """The innermost call of a module at or outside a frame; None where there is none nearby."""
    for _ in range(FAR):
        if frame is None or frame.f_code is CALL:
            return frame
        frame = frame.f_back
    return None
