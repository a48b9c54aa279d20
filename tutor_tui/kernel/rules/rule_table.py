"""The derivative rules of the operations that people meet, as data.

A rule has one expression for each edge of its node, in the letter `g` (the gradient that came in)
and letters for what the node saved. The expression is what is shown, and what the tests evaluate
against the engine's own result; where words say it better, `shown` has the words. Facts are PyTorch's
own (`derivatives.yaml`); the notation is that of a school book.
"""

from __future__ import annotations

from collections.abc import Callable

from tutor_tui.kernel.rules.layer_rules import LAYERS, LOSSES
from tutor_tui.kernel.rules.pointwise_rules import ARITHMETIC, FUNCTIONS
from tutor_tui.kernel.rules.rule import WrittenRule
from tutor_tui.kernel.rules.shape_rules import MATRICES, REDUCTIONS, SHAPES

RULES: dict[str, WrittenRule] = {
    **ARITHMETIC, **FUNCTIONS, **MATRICES, **REDUCTIONS, **SHAPES, **LOSSES, **LAYERS,
}  # fmt: skip

ELEMENTWISE = {*ARITHMETIC, *FUNCTIONS, "Where", "MaskedFill"}
"""Rules of operations that work element by element, and broadcast."""

_MEAN = 1
"""torch's number for `reduction="mean"`."""


def _unaveraged(school: WrittenRule) -> WrittenRule:
    """The rule of a loss that is summed, or left as it is, instead of averaged."""
    edges = tuple(e.replace(" / mean_n", "") for e in school.edges)
    shown = tuple(s.replace(" / n", "") for s in school.shown)
    return WrittenRule(school.text.replace(", divided by n for the mean", ""), edges, school.letters, shown)


RULES |= {f"{name}Unaveraged": _unaveraged(school) for name, school in LOSSES.items()}


Look = Callable[[str, object], object]
"""A saved value of a node by its name, or the second argument where it has none of that name."""


def variant(name: str, look: Look) -> str:
    """The entry of the table for a node's name and what it saved: `Square` for `PowBackward0` with 2.

    Where an option changes the rule to one that is not here, the name is one that the table lacks.
    """
    base = name.rstrip("0123456789").removesuffix("Backward")
    if base in _OPTIONS:
        option, usual, otherwise = _OPTIONS[base]
        return base if look(option, usual) == usual else base + otherwise
    if base == "Pow":
        if name.endswith(("1", "2")):
            return "PowTensor" if name.endswith("1") else "PowBase"
        return "Square" if look("exponent", None) == 2 else "Pow"
    if base == "Mean" and name.endswith("1"):
        return "MeanDim"
    if base == "Max":
        return "Amax" if name.endswith("1") else "MaxDim"
    if base in LOSSES and look("weight", None) is not None:
        return f"{base}Weighted"
    if base in LOSSES and look("reduction", _MEAN) != _MEAN:
        return f"{base}Unaveraged"
    return base


_OPTIONS: dict[str, tuple[str, object, str]] = {
    "Add": ("alpha", 1, "Scaled"),
    "Sub": ("alpha", 1, "Scaled"),
    "Gelu": ("approximate", "none", "Tanh"),
    "LinalgVectorNorm": ("ord", 2, "Other"),
    "NativeBatchNorm": ("training", True, "Eval"),
}
"""By base name: the option that decides, its usual value, and what the name gets for any other."""
