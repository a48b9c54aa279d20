"""torch's stack of function modes: putting ours on it, and taking it out from wherever it lies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import overrides

# torch gives these no types
_push: Callable[[Any], None] = overrides._push_mode
_pop: Callable[[], Any] = overrides._pop_mode
_stack: Callable[[], list[Any]] = overrides._get_current_function_mode_stack


def push(mode: Any) -> None:
    """Put a mode on top."""
    _push(mode)


def holds(mode: Any) -> bool:
    """Whether a mode is on this thread's stack."""
    return mode in _stack()


def remove(mode: Any) -> int:
    """Take a mode out; how many lay above it, and stay on. -1 where it was not there."""
    above: list[Any] = []
    found = -1
    while torch._C._len_torch_function_stack() > 0:
        top = _pop()
        if top is mode:
            found = len(above)
            break
        above.append(top)
    for other in reversed(above):
        _push(other)
    return found


def restore(mode: Any, above: int) -> None:
    """Put a mode back under as many others as lay above it."""
    if above < 0:
        return
    others = [_pop() for _ in range(min(above, torch._C._len_torch_function_stack()))]
    _push(mode)
    for other in reversed(others):
        _push(other)


class reentered:
    """Puts a mode on the stack for the length of a block, unless it is there already.

    The engine is called from inside a handler, where the mode is off; what the program's own
    backward functions and hooks do is recorded all the same.
    """

    def __init__(self, mode: Any) -> None:
        self._mode = mode
        self._push = not holds(mode)

    def __enter__(self) -> None:
        if self._push:
            push(self._mode)

    def __exit__(self, *exc: object) -> None:
        if self._push:
            remove(self._mode)
