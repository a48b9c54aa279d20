"""The numbers in a tensor, read without the program's noticing: wherever it lives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.cuda import is_current_stream_capturing


class Capturing(RuntimeError):
    """A CUDA graph is being captured, so that nothing on the device has a value yet."""


def capturing() -> bool:
    """Whether this thread captures a CUDA graph.

    Waiting for the device would then end the capture by an error, and what is launched would become a part of it.
    """
    return torch.cuda.is_initialized() and is_current_stream_capturing()  # type: ignore[no-untyped-call]


@contextmanager
def waiting() -> Iterator[None]:
    """A block that may wait for a CUDA device, though the program has `torch.cuda.set_sync_debug_mode` forbid it."""
    mode = torch._C._cuda_get_sync_debug_mode() if torch.cuda.is_initialized() else 0  # type: ignore[no-untyped-call]
    if not mode:
        yield
        return
    torch._C._cuda_set_sync_debug_mode(0)
    try:
        yield
    finally:
        torch._C._cuda_set_sync_debug_mode(mode)


def numbers(tensor: torch.Tensor) -> Any:
    """What `tensor.tolist()` gives; raises what it raises, and `Capturing` while a CUDA graph is captured."""
    if not tensor.is_cuda:
        return tensor.tolist()
    if capturing():
        raise Capturing
    with waiting():
        return tensor.tolist()
