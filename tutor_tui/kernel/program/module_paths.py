"""Where the variables of a program hold modules, found without running any code of the program's."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import torch
from torch import nn

from tutor_tui.kernel.program.variables import own_attributes

MANY = 256
"""Items of a list or dict, and attributes of an object, that are looked at."""
MOST = 20_000
"""Values that one search looks at in all."""
DEEP = 3
"""How far down modules are looked for in a variable: `agents[0].nets["actor"]`."""
_FLAT = (
    *(int, float, str, bytes, bool, complex, type(None), type, torch.Tensor, nn.Parameter),
    *(types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType),
)
"""Kinds of values that hold no module, or whose names nobody would type to get one."""


class Held(NamedTuple):
    """A module that a variable leads to without going through another module."""

    path: str
    parts: int
    """How many names and indices the path has."""
    module: nn.Module


def is_module(value: Any) -> bool:
    """Whether a value is a module, whatever it says its class is."""
    return issubclass(type(value), nn.Module)


def held(variables: Mapping[str, Any]) -> Iterator[Held]:
    """The modules that variables lead to; those inside another module are found by `inside`."""
    pending = [(name, 1, value) for name, value in list(variables.items())[::-1] if not name.startswith("__")]
    for _ in range(MOST):
        if not pending:
            return
        path, parts, value = pending.pop()
        if is_module(value):
            yield Held(path, parts, value)
        elif parts < DEEP and type(value) not in _FLAT:
            pending += [(path + step, parts + 1, item) for step, item in _items(value)]


def inside(module: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """A module, under the path "", and the modules in it, `.net.0`; those in plain lists too, `.nets[0]`."""
    pending = [("", module)]
    seen = {id(module)}
    while pending:
        path, current = pending.pop()
        yield path, current
        for step, child in reversed(list(_children(current))):
            if id(child) not in seen:
                seen.add(id(child))
                pending.append((path + step, child))


def parameters_of(module: nn.Module) -> list[tuple[str, torch.Tensor]]:
    """A module's own parameters, without those of the modules in it."""
    own = own_attributes(module).get("_parameters")
    return [(name, p) for name, p in list(own.items()) if p is not None] if type(own) is dict else []


def _children(module: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    own = own_attributes(module)
    registered = own.get("_modules")
    if type(registered) is dict:
        for name, child in list(registered.items()):
            if is_module(child):
                yield f".{name}", child
    for name, value in list(own.items()):
        if not name.startswith("_") and type(value) in (list, tuple, dict):
            for step, item in _items(value):
                if is_module(item):
                    yield f".{name}{step}", item


def _items(value: Any) -> list[tuple[str, Any]]:
    """What a container or an object holds, each with what one types behind its name to get it."""
    kind = type(value)
    if kind in (list, tuple):
        return [(f"[{index}]", item) for index, item in enumerate(value[:MANY]) if type(item) not in _FLAT]
    if kind is dict:
        some = [pair for pair, _ in zip(list(value.items()), range(MANY), strict=False)]
        return [(f"[{key!r}]", item) for key, item in some if type(key) in (str, int)]
    return [
        (f".{name}", item) for name, item in list(own_attributes(value).items())[:MANY] if type(name) is str
    ]
