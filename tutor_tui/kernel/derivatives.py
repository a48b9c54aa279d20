"""The rule behind each autograd node, in school notation, with the numbers of this step put in.

A rule is written as an expression per edge in the letter `g` (the gradient that came in) and
letters for what the node saved. The same expression is shown, filled with numbers where they are
few, and evaluated by the tests against what the engine computed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import torch

from tutor_tui.kernel.autograd import saved
from tutor_tui.protocol.messages import Preview, Rule
from tutor_tui.trace.numbers import flatten, format_values

FEW = 4
"""Operands of up to this many numbers are put into the formula."""


@dataclass(frozen=True)
class School:
    """A rule: what the operation is, one expression an edge, and which saved value each letter is."""

    text: str
    edges: tuple[str, ...]
    letters: Mapping[str, str] = field(default_factory=dict)


_X = {"x": "self"}
_XY = {"x": "self", "y": "other"}
_R = {"y": "result"}

RULES: dict[str, School] = {
    "Add": School("y = a + b", ("g", "g")),
    "AddScaled": School("y = a + α·b", ("g", "α * g"), {"α": "alpha"}),
    "Sub": School("y = a - b", ("g", "-g")),
    "SubScaled": School("y = a - α·b", ("g", "-α * g"), {"α": "alpha"}),
    "Rsub": School("y = b - a", ("-g", "g")),
    "Mul": School("∂(x·y)/∂x = y, ∂(x·y)/∂y = x", ("g * y", "g * x"), _XY),
    "Div": School("∂(x/y)/∂x = 1/y, ∂(x/y)/∂y = -x/y**2", ("g / y", "-g * x / y**2"), _XY),
    "Neg": School("∂(-x) = -1", ("-g",)),
    "Square": School("∂(x**2) = 2*x", ("g * 2*x",), _X),
    "Pow": School("∂(x**n) = n*x**(n-1)", ("g * n*x**(n-1)",), {"x": "self", "n": "exponent"}),
    "PowTensor": School(
        "∂(x**n)/∂x = n*x**(n-1), ∂(x**n)/∂n = x**n*ln(x)",
        ("g * n*x**(n-1)", "g * x**n*ln(x)"),
        {"x": "self", "n": "exponent"},
    ),
    "Exp": School("∂exp(x) = exp(x) = y", ("g * y",), _R),
    "Log": School("∂ln(x) = 1/x", ("g / x",), _X),
    "Sin": School("∂sin(x) = cos(x)", ("g * cos(x)",), _X),
    "Cos": School("∂cos(x) = -sin(x)", ("-g * sin(x)",), _X),
    "Tanh": School("∂tanh(x) = 1 - y**2", ("g * (1 - y**2)",), _R),
    "Sigmoid": School("∂σ(x) = y*(1 - y)", ("g * y*(1 - y)",), _R),
    "Relu": School("∂relu(x) = 1 where x > 0, else 0", ("g * (y > 0)",), _R),
    "Sqrt": School("∂√x = 1/(2*√x)", ("g / (2*y)",), _R),
    "Abs": School("∂|x| = sign(x)", ("g * sign(x)",), _X),
    "Mm": School("∂(A @ B)/∂A = g @ Bᵀ, ∂(A @ B)/∂B = Aᵀ @ g", ("g @ mat2.T", "self.T @ g")),
    "Addmm": School("y = b + A @ B", ("g", "g @ Bᵀ", "Aᵀ @ g")),
    "Mv": School("y = A @ v", ("g ⊗ v", "Aᵀ @ g")),
    "Dot": School("y = Σ a·b", ("g * b", "g * a"), {"a": "self", "b": "tensor"}),
    "Sum": School("∂(Σx) = 1 for every element", ("g",)),
    "Mean": School("∂mean(x) = 1/n for every element", ("g / n",), {"n": "self_numel"}),
    "T": School("y = xᵀ", ("gᵀ",)),
    "Transpose": School("y = x, two dimensions swapped", ("g, swapped back",)),
    "View": School("y = x in another shape", ("g in the shape of x",)),
    "UnsafeView": School("y = x in another shape", ("g in the shape of x",)),
    "ReshapeAlias": School("y = x in another shape", ("g in the shape of x",)),
    "Unsqueeze": School("y = x with one more dimension", ("g in the shape of x",)),
    "Squeeze": School("y = x without dimensions of size 1", ("g in the shape of x",)),
    "Clone": School("y = a copy of x", ("g",)),
    "Select": School("y = one entry of x", ("g at that entry, 0 elsewhere",)),
    "Slice": School("y = some entries of x", ("g at those entries, 0 elsewhere",)),
    "Index": School("y = the entries of x that the index picks", ("g at those entries, 0 elsewhere",)),
    "Expand": School("y = x repeated", ("g summed over the repeats",)),
    "MseLoss": School("∂mean((x - t)**2) = 2*(x - t)/n", ("g * 2*(x - t)/n",)),
}


def rule_of(
    node: Any, grad_outputs: Sequence[Preview | None], grad_inputs: Sequence[Preview | None]
) -> Rule | None:
    """The rule of a node that has just run; None where none is known."""
    name = node.name()
    if not _few(grad_outputs) or not _few(grad_inputs):
        return _symbolic(name, tuple(g is None for g in grad_inputs))
    values = dict(saved(node))
    school = RULES.get(_variant(name, values))
    if school is None:
        return None
    numbers = {letter: _plain(values.get(name)) for letter, name in school.letters.items()}
    numbers["g"] = grad_outputs[0].values if grad_outputs and grad_outputs[0] is not None else None
    edges: list[str | None] = []
    for index, out in enumerate(grad_inputs):
        template = school.edges[min(index, len(school.edges) - 1)]
        edges.append(None if out is None else _edge(template, numbers, out))
    return Rule(text=pretty(school.text), edges=edges)


def _few(previews: Sequence[Preview | None]) -> bool:
    return all(p is None or (p.values is not None and _size(p.values) <= FEW) for p in previews)


@lru_cache(maxsize=4096)
def _symbolic(name: str, absent: tuple[bool, ...]) -> Rule | None:
    """A rule without numbers, where there are too many to put in."""
    school = RULES.get(_variant(name, {}))
    if school is None:
        return None
    last = len(school.edges) - 1
    edges = [None if gone else pretty(school.edges[min(i, last)]) for i, gone in enumerate(absent)]
    return Rule(text=pretty(school.text), edges=edges)


def _variant(name: str, values: dict[str, Any]) -> str:
    """The entry of the table for a node's name, `Pow` for `PowBackward0`."""
    base = name.rstrip("0123456789").removesuffix("Backward")
    if base in ("Add", "Sub") and values.get("alpha", 1) != 1:
        return base + "Scaled"
    if base == "Pow":
        if name.endswith("1"):
            return "PowTensor"
        return "Square" if values.get("exponent") == 2 else "Pow"
    return base


def _plain(value: Any) -> Any:
    """The numbers in a saved value, None where they are many or cannot be read."""
    if not isinstance(value, torch.Tensor):
        return value
    if value.numel() > FEW or value.is_complex() or value.layout is not torch.strided:
        return None
    try:
        return value.tolist()
    except RuntimeError:
        return None


def _edge(template: str, numbers: dict[str, Any], out: Preview) -> str:
    filled = _fill(template, numbers)
    if filled is None or out.values is None or _size(out.values) > FEW:
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
        if value is None or _size(value) > FEW:
            missing = True
            return ""
        text = format_values(value)
        return f"({text})" if text.startswith("-") and match.start() > 0 else text

    text = re.sub(r"(?<![\w.])[^\W\d_](?!\w|\()", number, template)
    return None if missing else pretty(text)


def _size(values: Any) -> int:
    return sum(1 for _ in flatten(values))


_SUPERSCRIPTS = str.maketrans("0123456789-n+()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ⁺⁽⁾")
_POWER = re.compile(r"\*\*(\([^()]*\)|\d+|n)")


@lru_cache(maxsize=4096)
def pretty(expression: str) -> str:
    """An expression in school notation: `g * 2*x**2` as `g · 2·x²`."""

    def power(match: re.Match[str]) -> str:
        inner = match[1].strip("()").replace(" ", "")
        return inner.translate(_SUPERSCRIPTS) if re.fullmatch(r"[0-9n+-]+", inner) else f"^{match[1]}"

    return _POWER.sub(power, expression).replace(" * ", " · ").replace("*", "·")
