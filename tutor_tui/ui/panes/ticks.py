"""Round numbers for an axis: multiples of 1, 2 or 5 times a power of ten."""

from __future__ import annotations

import math
from itertools import pairwise

from tutor_tui.text.numbers import format_number

STEPS = (1.0, 2.0, 5.0)
NEAR = 1e-9
"""Part of a number by which two differ that are not told apart on an axis."""


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers from `low` to `high`, evenly apart: at most `most` of them, but two at least.

    The two ends themselves where they are too near to each other for that.
    """
    if high - low <= NEAR * max(abs(low), abs(high)):
        return [low, high]
    power = math.floor(math.log10((high - low) / most)) - 1
    finer: list[float] = [low, high]
    for step in (float(f"{factor}e{power + more}") for more in range(4) for factor in STEPS):
        found = _multiples(low, high, step)
        if len(found) <= most:
            return found if len(found) >= 2 else finer
        finer = found
    return finer


def _multiples(low: float, high: float, step: float) -> list[float]:
    first, last = math.ceil(low / step), math.floor(high / step)
    return [float(f"{n * step:.14g}") for n in range(first, last + 1)]


def logarithmic(low: float, high: float, most: int) -> list[float]:
    """Round numbers between ten to the `low` and ten to the `high`: powers of ten, else 1, 2 and 5 times those."""
    powers = [10.0**n for n in range(math.ceil(low), math.floor(high) + 1)]
    if len(powers) >= 2:
        return powers[:: math.ceil(len(powers) / most)]
    inside = [
        value
        for n in range(math.floor(low), math.ceil(high) + 1)
        for factor in STEPS
        if low <= math.log10(value := float(f"{factor}e{n}")) <= high
    ]
    return inside if len(inside) >= 2 else ticks(10.0**low, 10.0**high, most)


def names(values: list[float]) -> list[str]:
    """The numbers as text, with as many digits as tell them apart."""
    if len(values) < 2:
        return [format_number(value, 3) for value in values]
    gap = min(abs(b - a) for a, b in pairwise(values))
    largest = max(map(abs, values))
    digits = (
        max(3, math.floor(math.log10(largest)) - math.floor(math.log10(gap)) + 1) if gap and largest else 3
    )
    return [format_number(value, digits) for value in values]
