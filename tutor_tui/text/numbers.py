"""Numbers as text: four significant digits, in the form people write by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any


def format_number(value: Any, digits: int = 4) -> str:
    """`4` for 4.0, `0.7595` for 0.759511, `1.2e-05` for 0.000012; text passes through.

    Rounding is only ever for display: what is recorded keeps every digit.
    """
    if not isinstance(value, float):
        return str(value)
    if value.is_integer() and abs(value) < 10 ** (digits + 2):
        return str(int(value))
    text = f"{value:.{digits}g}"
    return text.replace("e+0", "e+").replace("e-0", "e-") if "e" in text else text


def format_values(values: Any, digits: int = 4, limit: int = 16) -> str:
    """A nested list as `[1, 2, 3]`; past `limit` numbers it is cut with `…` and the count of all."""
    if not isinstance(values, list):
        return format_number(values, digits)
    if len(values) <= limit and values and not isinstance(values[0], list):
        return "[" + ", ".join([format_number(v, digits) for v in values]) + "]"
    total = size_of(values)
    if total > limit:
        head = ", ".join(format_number(v, digits) for _, v in zip(range(2), flatten(values), strict=False))
        return f"[{head}, … {total} in all]"
    return "[" + ", ".join(format_values(v, digits, limit) for v in values) + "]"


def size_of(values: Any) -> int:
    """How many numbers a nested list holds; as `tolist` makes it, its rows are all of one length."""
    size = 1
    while isinstance(values, list):
        size *= len(values)
        values = values[0] if values else None
    return size


def flatten(values: Any) -> Iterator[Any]:
    """The numbers of a nested list in row-major order."""
    if isinstance(values, list):
        for value in values:
            yield from flatten(value)
    else:
        yield values


def shape_text(shape: Sequence[int]) -> str:
    """`4×3`, and `scalar` for a 0-D tensor."""
    return "×".join(map(str, shape)) or "scalar"
