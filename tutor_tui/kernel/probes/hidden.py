"""The recorder's own torch operations, hidden from the program's dispatch modes and from torch's profiler."""

from __future__ import annotations

from threading import get_ident
from types import TracebackType
from typing import Any

import torch
from torch.autograd import profiler
from torch.utils import _python_dispatch

_depth = torch._C._len_torch_dispatch_stack
_fake = torch._C._TorchDispatchModeKey.FAKE
# torch gives these no types
_pop: Any = _python_dispatch._pop_mode
_push: Any = _python_dispatch._push_mode
_see_operations: Any = torch._C._autograd._enable_record_function

_unprofiled: set[int] = set()
"""Threads whose operations the profiler is not told of at the moment."""


def traced_by_torch() -> bool:
    """Whether torch itself records what is called now (`jit.trace`, `export`, `make_fx`)."""
    if torch._C._get_tracing_state() is not None:
        return True
    return _depth() > 0 and torch._C._get_dispatch_mode(_fake) is not None


def unreadable() -> bool:
    """Whether tensors must not be looked into now: a tracer or a dispatch mode would see it."""
    return _depth() > 0 or torch._C._get_tracing_state() is not None


def watched() -> bool:
    """Whether the program would notice an operation on a tensor."""
    return _depth() > 0 or profiler._is_profiler_enabled


class Hidden:
    """A block whose operations no dispatch mode and no profiler of the program is told of.

    What torch traces is left to it: nothing may be looked into there.
    """

    __slots__ = ("_modes", "_thread")

    def __enter__(self) -> None:
        self._modes: list[Any] = []
        self._thread = 0
        if _depth() and not traced_by_torch():
            self._modes = [_pop() for _ in range(_depth())]
        if profiler._is_profiler_enabled and (thread := get_ident()) not in _unprofiled:
            self._thread = thread
            _unprofiled.add(thread)
            _see_operations(False)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        if self._thread:
            _see_operations(True)
            _unprofiled.discard(self._thread)
        for mode in reversed(self._modes):
            _push(mode)
