"""What a name of the program means, found without running any code of the program's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch

from tutor_tui.kernel.probes.arrays import is_array
from tutor_tui.kernel.probes.shield import is_tensor
from tutor_tui.kernel.program.module_paths import inside, is_module, parameters_of
from tutor_tui.kernel.program.variables import own_attributes
from tutor_tui.text.fit import fit
from tutor_tui.text.numbers import format_values

_PLAIN = (bool, int, float, complex, str)
HUGE = 10**60
"""Whole numbers from here on are not written out: Python refuses to from 4,300 digits."""
TEXT = 80
"""Characters of a short text."""
MISSING = object()
"""What a name means that means nothing."""
ITEMS = 16
"""Lists, tuples and dicts of up to this many items show the tensors in them as `name[0]`."""
OBJECTS = 64
"""Lists of up to this many objects of the program's show the tensors in those, `layers[3].weight`."""
DEEP = 3
"""How far down: `model.layers[3].weight`."""
LOOKED_INTO = 100
"""Containers and objects that are looked into for one name."""


def look_up(name: str, variables: Mapping[str, Any], outside: Mapping[str, Any]) -> Any:
    """What a name or `object.attribute` means, without running any code of the program's."""
    owner, _, attribute = name.partition(".")
    value = variables.get(owner, outside.get(owner, MISSING))
    return _attributes(value).get(attribute, MISSING) if attribute else value


def _attributes(value: Any) -> Mapping[str, Any]:
    """An object's own attributes; a module's parameters are among them."""
    found = own_attributes(value)
    own = found.get("_parameters") if is_module(value) else None
    return {**found, **own} if isinstance(own, dict) else found


def plain_text(value: Any) -> str | None:
    """A plain number, short text or NumPy array as text; None for everything else."""
    kind = type(value)
    if kind is int and abs(value) >= HUGE:
        return f"an integer of {value.bit_length():,} bits"
    if kind in _PLAIN:
        text = repr(value)
        return text if len(text) <= TEXT else fit(text, TEXT)
    if is_array(value) and value.dtype.kind in "biufc":
        shown = format_values(value.tolist()) if value.size <= 64 else "×".join(map(str, value.shape))
        return f"array {shown} {value.dtype}"
    return None


def parts(name: str, value: Any) -> Iterator[tuple[str, torch.Tensor]]:
    """The tensors inside a module or a short container, under the names one would type for them."""
    if is_module(value):
        for path, module in inside(value):
            for own, parameter in parameters_of(module):
                yield f"{name}{path}.{own}", parameter
        return
    pending = [(name, value, 0)]
    for _ in range(LOOKED_INTO):
        if not pending:
            return
        path, holder, depth = pending.pop(0)
        for step, item in _items(holder):
            if is_tensor(item):
                yield path + step, item
            elif depth < DEEP and (type(item) in (list, tuple) or _is_programs(item)):
                pending.append((path + step, item, depth + 1))


def _items(value: Any) -> list[tuple[str, Any]]:
    """What a short container or an object of the program's holds, each with what one types behind the name for it."""
    kind = type(value)
    if kind in (list, tuple):
        most = OBJECTS if value and _is_programs(value[0]) else ITEMS
        return [(f"[{index}]", item) for index, item in enumerate(value)] if len(value) <= most else []
    if kind is dict:
        some = list(value.items()) if len(value) <= ITEMS else []
        return [(f"[{key!r}]", item) for key, item in some if type(key) in (str, int)]
    if _is_programs(value):
        return [(f".{attribute}", item) for attribute, item in list(own_attributes(value).items())[:ITEMS]]
    return []


def _is_programs(value: Any) -> bool:
    """Whether a value is an object of a class that the program has defined itself."""
    kind = type(value)
    return kind.__module__ == "__main__" and not issubclass(kind, type) and not is_module(value)
