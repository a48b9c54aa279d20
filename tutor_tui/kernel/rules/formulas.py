"""PyTorch's own derivative formulas, for the nodes that no rule of ours covers.

The installed torch carries its tables (`torchgen/packaged/autograd/derivatives.yaml`). Reading them
takes a second, so it is done once per process, on the first node that needs it, from a plain text
scan: the entry of a function lists its arguments with the formula for each.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources

from tutor_tui.protocol.messages import Rule

_NAME = re.compile(r"^- name: (\w+)(?:\.\w+)?\((.*)\) ->")
_ENTRY = re.compile(r"^  (\w[\w, ]*): (.*)$")
_PLAIN = re.compile(r"[\w\s.,()*+/-]{1,70}")
"""What a person can read: one call or sum, no C++ of several cases."""
_SKIPPED = ("result", "output_differentiability", "dispatch", "self_t", "auto_linear", "auto_element_wise")


@lru_cache(maxsize=4096)
def formula_of(name: str, absent: tuple[bool, ...]) -> Rule | None:
    """PyTorch's formulas for a node by its name (`ErfinvBackward0`), `grad` being what came in."""
    found = _table().get(name.rstrip("0123456789").removesuffix("Backward"))
    if not found:
        return None
    if not all(_PLAIN.fullmatch(formula) for _, formula in found):
        return None
    arguments = [f"{argument}: {formula}" for argument, formula in found]
    edges = [None if gone else found[min(i, len(found) - 1)][1] for i, gone in enumerate(absent)]
    return Rule(text="; ".join(arguments)[:400], edges=tuple(edges), source="pytorch")


@cache
def _table() -> dict[str, list[tuple[str, str]]]:
    """Node name without its ending, to the formula of each argument that has one."""
    try:
        text = (resources.files("torchgen") / "packaged/autograd/derivatives.yaml").read_text(
            encoding="utf-8"
        )
    except (ModuleNotFoundError, OSError):
        return {}
    table: dict[str, list[tuple[str, str]]] = {}
    entries: list[tuple[str, str]] = []
    for line in text.splitlines():
        if match := _NAME.match(line):
            entries = table.setdefault(_node_name(match[1]), [])
        elif (match := _ENTRY.match(line)) and not match[1].startswith(_SKIPPED):
            formula = match[2].strip().strip('"')
            if match[1] not in [argument for argument, _ in entries]:  # overloads repeat them
                entries.append((match[1], formula))
    return table


def _node_name(function: str) -> str:
    """`linalg_vector_norm` makes `LinalgVectorNorm`, as torchgen spells it."""
    return "".join(part[:1].upper() + part[1:] for part in function.lstrip("_").split("_"))
