"""What the bytecode of a function tells: which names each of its lines may bind, and what its arguments are called."""

from __future__ import annotations

import dis
from types import CodeType
from weakref import WeakKeyDictionary

_STORES = {"STORE_NAME", "STORE_FAST", "STORE_GLOBAL", "STORE_DEREF", "DELETE_NAME", "DELETE_FAST"}
_LOADS = {"LOAD_FAST", "LOAD_NAME", "LOAD_GLOBAL", "LOAD_DEREF"}

_stores: WeakKeyDictionary[CodeType, dict[int, tuple[str, ...]]] = WeakKeyDictionary()


def _find_stores(code: CodeType) -> dict[int, tuple[str, ...]]:
    lines: dict[int, dict[str, None]] = {}
    before = ""
    for instruction in dis.get_instructions(code):
        name = instruction.argval if instruction.opname in _STORES else ""
        if instruction.opname == "STORE_ATTR" and before:  # self.w = …
            name = f"{before}.{instruction.argval}"
        if name and instruction.positions and instruction.positions.lineno:
            lines.setdefault(instruction.positions.lineno, {})[name] = None
        before = instruction.argval if instruction.opname in _LOADS else ""
    return {line: tuple(names) for line, names in lines.items()}


def stores(code: CodeType) -> dict[int, tuple[str, ...]]:
    """The names that each line of `code` may bind; `self.w` for an attribute."""
    found = _stores.get(code)
    if found is None:
        found = _stores[code] = _find_stores(code)
    return found


def arguments(code: CodeType) -> tuple[str, ...]:
    """The names under which a call gets its arguments, `*args` and `**kwargs` among them."""
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & 0x04) + bool(code.co_flags & 0x08)
    return tuple(name for name in code.co_varnames[:count] if not name.startswith("."))
