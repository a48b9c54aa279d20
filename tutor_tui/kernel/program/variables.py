"""The variables of a frame, read without harm to the program."""

from __future__ import annotations

import inspect
import sys
import warnings
from collections.abc import Mapping
from types import FrameType
from typing import Any

_NONE: Mapping[str, Any] = {}


def variables(frame: FrameType) -> Mapping[str, Any]:
    """The variables of a frame by name.

    Where reading them breaks comprehensions (see `reading_breaks`), those of a module are its globals, and those of a
    class body are not known as long as it may run one.
    """
    code = frame.f_code
    if not BREAKS or code.co_flags & inspect.CO_OPTIMIZED or not code.co_nlocals:
        return frame.f_locals
    return frame.f_globals if code.co_name == "<module>" else _NONE


def own_attributes(value: Any) -> dict[str, Any]:
    """An object's `__dict__`, by a way that no class of the program's can have replaced; {} for none."""
    try:
        found = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return found if type(found) is dict else {}


def reading_breaks() -> bool:
    """Whether this Python sets a comprehension's variables to None when a trace function reads `f_locals`.

    The first releases of 3.12 do, in modules and class bodies, into which they inline comprehensions
    (CPython issue 124118). The version does not tell: distributions carry the mend in older ones.
    """

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        _ = frame.f_locals
        return trace

    namespace: dict[str, Any] = {}
    code = compile("found = [(first,\n second) for first in (1,)\n for second in (2,)]", "<probe>", "exec")
    before = sys.gettrace()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sys.settrace(trace)
        try:
            exec(code, namespace)
        finally:
            sys.settrace(before)
    return bool(namespace["found"] != [(1, 2)])


BREAKS = reading_breaks()
