"""The arguments of a call as short texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from tutor_tui.kernel.probes.previews import Previewer
from tutor_tui.kernel.record.names import HUGE


def argument_texts(call: tuple[Sequence[Any], dict[str, Any]], preview: Previewer) -> tuple[str, ...]:
    """The arguments of a call as short texts, tensors by their id."""
    args, kwargs = call
    texts = [_argument(value, preview) for value in args]
    if kwargs:
        texts += [f"{key}={_argument(value, preview)}" for key, value in kwargs.items()]
    return tuple(texts)


_PLAIN = (bool, int, float, complex, str, type(None), torch.dtype, torch.device, slice, type(Ellipsis))


def _argument(value: Any, preview: Previewer, depth: int = 0) -> str:
    if isinstance(value, torch.Tensor):
        return f"#{preview.identities.number(value)}"
    if type(value) is int and abs(value) >= HUGE:
        return "a huge number"
    if type(value) in _PLAIN:
        return repr(value)[:40]
    if type(value) in (list, tuple, torch.Size) and depth < 2:
        inner = ", ".join(_argument(v, preview, depth + 1) for v in value[:8])
        return f"[{inner}{', …' if len(value) > 8 else ''}]"
    return type(value).__name__
