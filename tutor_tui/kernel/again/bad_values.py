"""Values that are NaN or infinite: where in a tensor, and what made them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch

from tutor_tui.kernel.probes.reading import capturing, waiting
from tutor_tui.protocol.messages import Bad, Preview, Span


class Origin(NamedTuple):
    """What made a value that is not finite out of finite ones."""

    how: str
    name: str
    span: Span | None
    passes: int
    inputs: list[Preview]
    outputs: list[Preview]
    names: dict[int, str]
    meant: bool = False
    """The program wrote the infinity itself."""
    spot: Spot | None = None


class Spot(NamedTuple):
    """The first value of a tensor that is not finite: where, which, and what stood there in the inputs."""

    place: list[int]
    value: float
    there: list[float | None]


def is_finite(tensor: Any) -> bool:
    """Whether all elements are finite numbers; one sum tells in nearly every case."""
    if not isinstance(tensor, torch.Tensor) or tensor.layout is not torch.strided or tensor.is_meta:
        return True
    if not tensor.dtype.is_floating_point or tensor.numel() == 0 or (tensor.is_cuda and capturing()):
        return True
    try:
        data = tensor.detach()
        with waiting():
            return math.isfinite(data.sum().item()) or bool(data.isfinite().all())
    except Exception:  # inside a transform, or of a kind that has no values
        return True


def spot_of(output: torch.Tensor, inputs: Sequence[torch.Tensor], alike: bool) -> Spot:
    """The first bad value; with `alike`, what each input that fits held at the same place."""
    place: list[int] = (~output.detach().isfinite()).nonzero()[0].tolist()
    there = [_at(t, output.shape, place) if alike else None for t in inputs]
    return Spot(place, float(output.detach()[tuple(place)]), there)


def _at(tensor: torch.Tensor, shape: torch.Size, index: Sequence[int]) -> float | None:
    try:
        return float(tensor.detach().expand(shape)[tuple(index)])
    except (RuntimeError, TypeError):
        return None


def is_pointwise(name: str) -> bool:
    """Whether an operation of torch works element by element, as torch itself tags it."""
    found = getattr(torch.ops.aten, name.rstrip("_"), None)
    overloads = found.overloads() if found is not None else []
    return any(torch.Tag.pointwise in getattr(found, overload).tags for overload in overloads)


def writes_infinity(value: Any) -> bool:
    if isinstance(value, float):
        return math.isinf(value)
    if isinstance(value, torch.Tensor):
        return value.dim() == 0 and bool(value.isinf())
    return isinstance(value, (list, tuple)) and any(map(writes_infinity, value))


def found(request: int, origin: Origin | None, passes: int, text: str) -> Bad:
    """The answer to a search: what made the value that came to a loss, or that nothing was seen to."""
    if origin is None:
        return Bad(
            request=request, passes=passes, error="a loss is not finite, but nothing observed caused it"
        )
    spot = origin.spot._asdict() if origin.spot is not None else {}
    return Bad(
        request=request,
        how=origin.how,
        name=origin.name,
        span=origin.span,
        text=text,
        passes=origin.passes,
        inputs=origin.inputs,
        outputs=origin.outputs,
        names=origin.names,
        **spot,
    )
