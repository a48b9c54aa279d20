"""What the bytecode of a function tells: which names each of its lines may bind, and what its arguments are called."""

from __future__ import annotations

import dis
import re
from types import CodeType
from weakref import WeakKeyDictionary

_ACCESS = re.compile(r"(STORE|DELETE|LOAD)_(?:FAST|NAME|GLOBAL|DEREF)")
"""What an instruction does with a variable. One may do two things, as STORE_FAST_LOAD_FAST does."""

_stores: WeakKeyDictionary[CodeType, dict[int, tuple[str, ...]]] = WeakKeyDictionary()


def _accesses(instruction: dis.Instruction) -> list[tuple[str, str]]:
    """What an instruction does with which variables, in its order: `[("STORE", "x"), ("LOAD", "y")]`."""
    kinds = _ACCESS.findall(instruction.opname)
    found = instruction.argval
    return list(zip(kinds, found if isinstance(found, tuple) else (found,), strict=False))


def _find_stores(code: CodeType) -> dict[int, tuple[str, ...]]:
    lines: dict[int, dict[str, None]] = {}
    before = ""
    for instruction in dis.get_instructions(code):
        accesses = _accesses(instruction)
        names = [name for kind, name in accesses if kind != "LOAD"]
        if instruction.opname == "STORE_ATTR" and before:  # self.w = …
            names = [f"{before}.{instruction.argval}"]
        if instruction.positions and instruction.positions.lineno:
            lines.setdefault(instruction.positions.lineno, {}).update(dict.fromkeys(names))
        before = accesses[-1][1] if accesses and accesses[-1][0] == "LOAD" else ""
    return {line: tuple(names) for line, names in lines.items() if names}


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
