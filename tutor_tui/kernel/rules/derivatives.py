"""The rule behind an autograd node, with the numbers of this step put in where they are few."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
import torch

from tutor_tui.kernel.probes import reading
from tutor_tui.kernel.probes.graph import saved
from tutor_tui.kernel.rules.formulas import formula_of
from tutor_tui.kernel.rules.rule_table import ELEMENTWISE, RULES, variant
from tutor_tui.protocol.messages import Preview, Rule
from tutor_tui.text.numbers import format_number, format_values, size_of

FEW = 4
"""Operands of up to this many numbers are put into the formula."""


class Facts(msgspec.Struct, gc=False):
    """What a rule is made of: the node's name, its entry in the table, and the numbers that it had saved.

    `numbers` is by the letters of the rule, and None where no numbers are put in.
    """

    name: str
    entry: str
    numbers: dict[str, Any] | None


def look_at(
    node: Any,
    grad_outputs: Sequence[Preview | None],
    grad_inputs: Sequence[Preview | None],
    sealed: bool = False,
) -> Facts:
    """What the rule of a node that has just run is made of. Of a `sealed` node nothing that it saved is looked at."""
    name = node.name()
    entry = _by_name.get(name) or _entry(name, node, sealed)
    if sealed or not _few(grad_outputs) or not _few(grad_inputs):
        return Facts(name, entry, None)
    school = RULES.get(entry)
    if school is None or not school.letters:
        return Facts(name, entry, {})
    values = dict(saved(node))
    return Facts(name, entry, {letter: _plain(values.get(key)) for letter, key in school.letters.items()})


def rule_of(
    facts: Facts, grad_outputs: Sequence[Preview | None], grad_inputs: Sequence[Preview | None]
) -> Rule | None:
    """The rule of a node that was looked at; None where none is known."""
    name, entry = facts.name, facts.entry
    if facts.numbers is None:
        return _symbolic(name, entry, tuple([g is None for g in grad_inputs]))
    school = RULES.get(entry)
    if any(p is not None and p.dtype.startswith("complex") for p in (*grad_outputs, *grad_inputs)):
        return _conjugated(entry, grad_inputs)
    if school is None:
        return formula_of(name, tuple(g is None for g in grad_inputs))
    numbers = dict(facts.numbers)
    numbers["g"] = grad_outputs[0].values if grad_outputs and grad_outputs[0] is not None else None
    if name.startswith(_AVERAGED):
        numbers["n"] = _count(grad_inputs)
    edges: list[str | None] = []
    for index, out in enumerate(grad_inputs):
        summed = _is_summed(entry, numbers.get("g"), out)
        edges.append(None if out is None else _edge(school.display(index), numbers, out, summed))
    return Rule(text=pretty(school.text), edges=tuple(edges))


_AVERAGED = ("MseLoss", "BinaryCrossEntropy")
"""Losses whose rule divides by the number of elements."""


def _count(grad_inputs: Sequence[Preview | None]) -> int | None:
    return next((size_of(p.values) for p in grad_inputs if p is not None), None)


def _few(previews: Sequence[Preview | None]) -> bool:
    for preview in previews:
        if preview is not None and (preview.values is None or size_of(preview.values) > FEW):
            return False
    return True


_by_name: dict[str, str] = {}
"""Entries of nodes whose name alone decides."""


def _entry(name: str, node: Any, sealed: bool) -> str:
    """The node's entry in the table of rules."""
    asked = False

    def look(saved_name: str, default: object) -> object:
        nonlocal asked
        asked = True
        try:
            return default if sealed else getattr(node, f"_saved_{saved_name}", default)
        except RuntimeError:  # it was changed in place since
            return default

    entry = variant(name, look)
    if not asked:
        _by_name[name] = entry
    return entry


_HOLOMORPHIC = (
    *("Add", "AddScaled", "Sub", "SubScaled", "Rsub", "Mul", "Div", "Neg", "Reciprocal", "Square", "Pow"),
    *("Exp", "Log", "Sin", "Cos", "Tan", "Sinh", "Cosh", "Tanh", "Sqrt"),
)
"""Rules that hold of complex numbers too, with the conjugate of the derivative (PyTorch's convention)."""
_FACTOR = re.compile(r"(-?g) ([*/]) (.+)")


def _conjugated(entry: str, grad_inputs: Sequence[Preview | None]) -> Rule | None:
    """A rule as it is of complex numbers, without numbers; None where the real one does not carry over."""
    school = RULES.get(entry)
    if school is None or entry not in _HOLOMORPHIC:
        return None
    edges: list[str | None] = []
    for index, out in enumerate(grad_inputs):
        found = _FACTOR.fullmatch(school.edges[min(index, len(school.edges) - 1)])
        shown = f"{found[1]} {found[2]} conj({found[3]})" if found else school.display(index)
        edges.append(None if out is None else pretty(shown))
    return Rule(text=f"{pretty(school.text)}; for complex numbers, its conjugate", edges=tuple(edges))


@lru_cache(maxsize=4096)
def _symbolic(name: str, entry: str, absent: tuple[bool, ...]) -> Rule | None:
    """A rule without numbers, where there are too many to put in."""
    school = RULES.get(entry)
    if school is None:
        return formula_of(name, absent)
    edges = [None if gone else pretty(school.display(i)) for i, gone in enumerate(absent)]
    return Rule(text=pretty(school.text), edges=tuple(edges))


def _plain(value: Any) -> Any:
    """The numbers in a saved value, None where they are many or cannot be read."""
    if not isinstance(value, torch.Tensor):
        return value
    if value.numel() > FEW or value.is_complex() or value.layout is not torch.strided:
        return None
    try:
        return reading.numbers(value)
    except RuntimeError:
        return None


def _is_summed(entry: str, incoming: Any, out: Preview | None) -> bool:
    """Whether a gradient was summed because the operand had been broadcast, element by element."""
    return out is not None and entry in ELEMENTWISE and size_of(incoming) > size_of(out.values)


def _edge(template: str, numbers: dict[str, Any], out: Preview, summed: bool) -> str:
    filled = _fill(template, numbers)
    if summed:
        template, filled = f"Σ {template}", f"Σ {filled}" if filled is not None else None
    if filled is None or out.values is None or size_of(out.values) > FEW:
        return pretty(template)
    result = format_values(out.values)
    return result if filled == result else f"{filled} = {result}"


def _fill(template: str, numbers: dict[str, Any]) -> str | None:
    """The template with every letter replaced by its number; None where one is not at hand."""
    if not re.search(r"[*/+@-]|^g$", template):
        return None
    missing = False

    def number(match: re.Match[str]) -> str:
        nonlocal missing
        value = numbers.get(match[0])
        if value is None or size_of(value) > FEW:
            missing = True
            return ""
        text = format_values(value)
        return f"({text})" if text.startswith("-") and match.start() > 0 else text

    text = re.sub(r"(?<![\w.])[^\W\d_](?!\w|\()", number, template)
    return None if missing else pretty(_LESS_ONE.sub(lambda m: f"**{_lower(m[1])}", text))


_LESS_ONE = re.compile(r"\*\*\((-?[\d.]+)-1\)")


def _lower(exponent: str) -> str:
    """The exponent of a derived power: 2 for 3."""
    number = float(exponent) - 1
    return format_number(number) if number >= 0 else f"({format_number(number)})"


_SUPERSCRIPTS = str.maketrans("0123456789-nx+()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿˣ⁺⁽⁾")
_POWER = re.compile(r"\*\*(\([^()]*\)|\d+|[nx])")


@lru_cache(maxsize=4096)
def pretty(expression: str) -> str:
    """An expression in school notation: `g * 2*x**2` as `g · 2·x²`."""

    def power(match: re.Match[str]) -> str:
        inner = match[1].strip("()").replace(" ", "")
        return inner.translate(_SUPERSCRIPTS) if re.fullmatch(r"[0-9nx+-]+", inner) else f"^{match[1]}"

    return _POWER.sub(power, expression).replace(" * ", " · ").replace("*", "·")
