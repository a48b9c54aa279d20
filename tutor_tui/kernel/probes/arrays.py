"""NumPy's arrays, told without importing NumPy: a program that has none has not loaded it."""

from __future__ import annotations

import sys
from typing import Any

SOME = 256
"""Numbers of a large array that are looked at."""


def is_array(value: Any) -> bool:
    """Whether a value is an array of NumPy's own class."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and type(value) is numpy.ndarray


def is_array_or_scalar(value: Any) -> bool:
    """Whether a value is an array of any class, or one of NumPy's single numbers."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, (numpy.ndarray, numpy.generic))


def address(array: Any) -> int:
    """Where the memory begins that an array, which may be a view, lies in."""
    while is_array(array.base):
        array = array.base
    return int(array.__array_interface__["data"][0])


def fingerprint(array: Any) -> int:
    """What some numbers of an array are, evenly spread over it: to see whether it was written to."""
    step = max(1, array.size // SOME)
    return hash(array.flat[::step].tobytes())
