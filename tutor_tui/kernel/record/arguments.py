"""The arguments of a call as short texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from tutor_tui.kernel.probes.ids import Identities
from tutor_tui.kernel.record.names import HUGE


def argument_texts(call: tuple[Sequence[Any], dict[str, Any]], identities: Identities) -> tuple[str, ...]:
    """The arguments of a call as short texts, tensors by their id."""
    args, kwargs = call
    texts = [_argument(value, identities) for value in args]
    if kwargs:
        texts += [f"{key}={_argument(value, identities)}" for key, value in kwargs.items()]
    return tuple(texts)


_PLAIN = {bool, float, complex, str, type(None), torch.dtype, torch.device, slice, type(Ellipsis)}
_SEQUENCES = {list, tuple, torch.Size}


def _argument(value: Any, identities: Identities, depth: int = 0) -> str:
    kind = type(value)
    if kind in _PLAIN:
        return repr(value)[:40]
    if kind is int:
        return repr(value)[:40] if abs(value) < HUGE else "a huge number"
    if isinstance(value, torch.Tensor):
        return f"#{identities.number(value)}"
    if kind in _SEQUENCES and depth < 2:
        inner = ", ".join([_argument(v, identities, depth + 1) for v in value[:8]])
        return f"[{inner}{', …' if len(value) > 8 else ''}]"
    return kind.__name__
