"""The recorder's own work inside a program: unseen by it, and never able to break it."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from threading import get_ident
from types import TracebackType
from typing import Any

import msgspec
import torch
from torch.autograd import profiler as _profiler

from tutor_tui.kernel.probes.hidden import Hidden
from tutor_tui.kernel.program.files import Kind, judge
from tutor_tui.kernel.tracing.muted import muted, own_traces, switched_off

STACK = 1 << 30
"""Bytes that the main thread's stack may grow to."""

_MONITORS = sys.version_info >= (3, 12)
_depth = torch._C._len_torch_dispatch_stack
_get_trace, _set_trace = sys.gettrace, sys.settrace

Undispatched = torch._C.DisableTorchFunction
"""A block in which torch functions are dispatched to nobody: neither to the recorder itself nor to a mode or subclass
of the program. Entered behind each `Shielded`; it is left in C, where no handler of a signal can keep it from that.
"""

Fault = Callable[[Exception], None]


class Shielded(msgspec.Struct, gc=False):
    """A block in which the recorder works.

    Line events are off, which would slow it down twofold, and calls that begin in this thread are not told of. The
    program's dispatch modes and torch's profiler are told of no operation. An error of the recorder's goes to `fault`;
    one that the program raised in here, by a signal handler say, goes on. Where that comes up while the block is being
    left, lines stay off: see `interrupted`.

    A struct, since Python tells its trace function of a class's own `__init__`, at every step.
    """

    fault: Fault
    _trace: Any = None
    _thread: int = 0
    _hidden: Hidden | None = None

    def __enter__(self) -> None:
        if own_traces and id(trace := _get_trace()) in own_traces:
            self._trace = trace
            switched_off.append(trace)
            _set_trace(None)
        if _MONITORS and (thread := get_ident()) not in muted:  # else by a block around this one
            self._thread = thread
            muted.add(thread)
        if _depth() or _profiler._is_profiler_enabled:  # `watched()` written out: this runs for every step
            self._hidden = Hidden()
            self._hidden.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> bool:
        if self._hidden is not None:
            self._hidden.__exit__(None, None, None)
        if self._thread:
            muted.discard(self._thread)
        if self._trace is not None:
            _set_trace(self._trace)
            switched_off.clear()
        if error is None or not isinstance(error, Exception) or programs_own(tb):
            return False
        try:
            self.fault(error)
        except Exception as second:  # what could not be read cannot always be told either
            let_through(second)
        return True


def programs_own(tb: TracebackType | None) -> bool:
    """Whether an exception came up in the program's code, as a signal handler's does."""
    while tb is not None:
        if judge(tb.tb_frame.f_code.co_filename) is Kind.PROGRAM:
            return True
        tb = tb.tb_next
    return False


def let_through(error: Exception) -> None:
    """Raise an exception again that is the program's own and only happened to come up in our code."""
    if programs_own(error.__traceback__):
        raise error


def deepen_stack() -> None:
    """Let the main thread's stack grow further than the usual 8 MB.

    torch frees a chain of autograd nodes that Python has seen by recursion, about 180 bytes a node: a
    recorded chain of 50,000 operations would crash when the program drops it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    wanted = STACK if hard == resource.RLIM_INFINITY else min(STACK, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_STACK, (wanted, hard))


def history(tensor: torch.Tensor) -> Any:
    """The node that made a tensor, None for none.

    None too where torch raises: for a view of `unbind`, or one made under `no_grad`, whose base was written to.
    """
    try:
        return tensor.grad_fn
    except RuntimeError:
        return None


def is_leaf(tensor: torch.Tensor) -> bool:
    """Whether no operation made a tensor; False where torch will not say, as for `history`."""
    try:
        return bool(tensor.is_leaf)
    except RuntimeError:
        return False


def is_tensor(value: Any) -> bool:
    """Whether a value is a tensor by its real type: `isinstance` would ask the object itself."""
    return issubclass(type(value), torch.Tensor)
