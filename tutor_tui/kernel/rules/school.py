"""The derivative rules of the operations that people meet, as data.

A rule has one expression for each edge of its node, in the letter `g` (the gradient that came in)
and letters for what the node saved. The expression is what is shown, and what the tests evaluate
against the engine's own result; where words say it better, `shown` has the words. Facts are PyTorch's
own (`derivatives.yaml`); the notation is that of a school book.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class WrittenRule:
    """A rule. `letters` says which saved value each letter is; `shown` replaces edges on the screen."""

    text: str
    edges: tuple[str, ...]
    letters: Mapping[str, str] = field(default_factory=dict)
    shown: tuple[str, ...] = ()

    def display(self, index: int) -> str:
        """What the screen shows for an edge; the last entry serves all that follow it."""
        templates = self.shown or self.edges
        return templates[min(index, len(templates) - 1)]

    def expression(self, index: int) -> str:
        """What computes an edge's gradient."""
        return self.edges[min(index, len(self.edges) - 1)]


_X = {"x": "self"}
_Y = {"y": "result"}
_XY = {"x": "self", "y": "other"}
_XT = {"x": "self", "t": "target"}

_LIMITS = {"x": "self", "a": "min", "b": "max"}
_N = {"n": "self_sym_numel"}
_PLACED = ("g at those entries, 0 elsewhere",)

ARITHMETIC = {
    "Add": WrittenRule("y = a + b", ("g", "g")),
    "AddScaled": WrittenRule("y = a + α*b", ("g", "α * g"), {"α": "alpha"}),
    "Sub": WrittenRule("y = a - b", ("g", "-g")),
    "SubScaled": WrittenRule("y = a - α*b", ("g", "-α * g"), {"α": "alpha"}),
    "Rsub": WrittenRule("y = c - x", ("-g",)),
    "Mul": WrittenRule("∂(x*y)/∂x = y, ∂(x*y)/∂y = x", ("g * y", "g * x"), _XY),
    "Div": WrittenRule("∂(x/y)/∂x = 1/y, ∂(x/y)/∂y = -x/y**2", ("g / y", "-g * x / y**2"), _XY),
    "Neg": WrittenRule("∂(-x) = -1", ("-g",)),
    "Reciprocal": WrittenRule("∂(1/x) = -1/x**2 = -y**2", ("-g * y**2",), _Y),
    "Square": WrittenRule("∂(x**2) = 2*x", ("g * 2*x",), _X),
    "Pow": WrittenRule("∂(x**n) = n*x**(n-1)", ("g * n*x**(n-1)",), {"x": "self", "n": "exponent"}),
    "PowTensor": WrittenRule(
        "∂(x**n)/∂x = n*x**(n-1), ∂(x**n)/∂n = x**n*ln(x)",
        ("g * n*x**(n-1)", "g * y*ln(x)"),
        {"x": "self", "n": "exponent", "y": "result"},
    ),
    "PowBase": WrittenRule("∂(a**x) = a**x*ln(a) = y*ln(a)", ("g * y*ln(a)",), {"a": "self", "y": "result"}),
    "Maximum": WrittenRule(
        "the larger one takes the gradient, equal ones half each",
        ("g * ((x > y) + (x == y) / 2)", "g * ((x < y) + (x == y) / 2)"),
        _XY,
    ),
    "Minimum": WrittenRule(
        "the smaller one takes the gradient, equal ones half each",
        ("g * ((x < y) + (x == y) / 2)", "g * ((x > y) + (x == y) / 2)"),
        _XY,
    ),
    "Lerp": WrittenRule("y = a + w*(b - a)", ("g * (1 - w)", "g * w"), {"w": "weight"}),
    "Abs": WrittenRule("∂|x| = sign(x)", ("g * sign(x)",), _X),
    "Clamp": WrittenRule(
        "1 inside the limits, 0 outside",
        ("g * ((x >= a) & (x <= b))",),
        {"x": "self", "a": "min", "b": "max"},
    ),
}

FUNCTIONS = {
    "Exp": WrittenRule("∂exp(x) = exp(x) = y", ("g * y",), _Y),
    "Expm1": WrittenRule("∂(exp(x) - 1) = exp(x) = y + 1", ("g * (y + 1)",), _Y),
    "Log": WrittenRule("∂ln(x) = 1/x", ("g / x",), _X),
    "Log1P": WrittenRule("∂ln(1 + x) = 1/(1 + x)", ("g / (1 + x)",), _X),
    "Log2": WrittenRule("∂log2(x) = 1/(x*ln(2))", ("g / (x*ln(2))",), _X),
    "Log10": WrittenRule("∂log10(x) = 1/(x*ln(10))", ("g / (x*ln(10))",), _X),
    "Sqrt": WrittenRule("∂√x = 1/(2*√x) = 1/(2*y)", ("g / (2*y)",), _Y),
    "Rsqrt": WrittenRule("∂(1/√x) = -y**3/2", ("-g * y**3 / 2",), _Y),
    "Sin": WrittenRule("∂sin(x) = cos(x)", ("g * cos(x)",), _X),
    "Cos": WrittenRule("∂cos(x) = -sin(x)", ("-g * sin(x)",), _X),
    "Tan": WrittenRule("∂tan(x) = 1 + y**2", ("g * (1 + y**2)",), _Y),
    "Asin": WrittenRule("∂asin(x) = 1/√(1 - x**2)", ("g / sqrt(1 - x**2)",), _X),
    "Acos": WrittenRule("∂acos(x) = -1/√(1 - x**2)", ("-g / sqrt(1 - x**2)",), _X),
    "Atan": WrittenRule("∂atan(x) = 1/(1 + x**2)", ("g / (1 + x**2)",), _X),
    "Sinh": WrittenRule("∂sinh(x) = cosh(x)", ("g * cosh(x)",), _X),
    "Cosh": WrittenRule("∂cosh(x) = sinh(x)", ("g * sinh(x)",), _X),
    "Tanh": WrittenRule("∂tanh(x) = 1 - y**2", ("g * (1 - y**2)",), _Y),
    "Erf": WrittenRule("∂erf(x) = 2/√π*exp(-x**2)", ("g * 2/sqrt(pi)*exp(-(x**2))",), _X),
    "Sigmoid": WrittenRule("∂σ(x) = y*(1 - y)", ("g * y*(1 - y)",), _Y),
    "Relu": WrittenRule("1 where x > 0, else 0", ("g * (y > 0)",), _Y),
    "LeakyRelu": WrittenRule(
        "1 where x > 0, else a", ("g * ((x > 0) + a*(x <= 0))",), {"x": "self", "a": "negative_slope"}
    ),
    "Silu": WrittenRule("y = x*σ(x)", ("g * σ(x)*(1 + x*(1 - σ(x)))",), _X),
    "Gelu": WrittenRule("y = x*Φ(x), Φ the normal distribution", ("g * (Φ(x) + x*φ(x))",), _X),
    "Elu": WrittenRule(
        "1 where x > 0, else a*exp(x)", ("g * ((x > 0) + a*exp(x)*(x <= 0))",), {"x": "self", "a": "alpha"}
    ),
    "Hardtanh": WrittenRule(
        "1 inside the limits, 0 outside",
        ("g * ((x > a) & (x < b))",),
        {"x": "self", "a": "min_val", "b": "max_val"},
    ),
    "Softplus": WrittenRule("∂ln(1 + exp(x)) = σ(x)", ("g * σ(β*x)",), {"x": "self", "β": "beta"}),
}

MATRICES = {
    "Mm": WrittenRule("y = A @ B", ("g @ Bᵀ", "Aᵀ @ g"), {"A": "self", "B": "mat2"}),
    "Bmm": WrittenRule("y = A @ B, matrix by matrix", ("g @ Bᵀ", "Aᵀ @ g"), {"A": "self", "B": "mat2"}),
    "Addmm": WrittenRule(
        "y = b + A @ B",
        ("g", "g @ Bᵀ", "Aᵀ @ g"),
        {"A": "mat1", "B": "mat2"},
        ("g summed over the rows", "g @ Bᵀ", "Aᵀ @ g"),
    ),
    "Mv": WrittenRule("y = A @ v", ("outer(g, v)", "Aᵀ @ g"), {"A": "self", "v": "vec"}),
    "Dot": WrittenRule("y = Σ a*b", ("g * b", "g * a"), {"a": "self", "b": "tensor"}),
}

REDUCTIONS = {
    "Sum": WrittenRule("∂(Σx) = 1 for every element", ("spread(g)",), {}, ("g to every element",)),
    "Mean": WrittenRule("∂mean(x) = 1/n for every element", ("spread(g) / n",), _N, ("g / n",)),
    "MeanDim": WrittenRule(
        "∂mean(x) = 1/n for every element",
        ("spread(g) * count_out / count_in",),
        {},
        ("g / n",),
    ),
    "Prod": WrittenRule("∂(Πx)/∂x = y/x", ("g * y / x",), {"x": "self", "y": "result"}),
    "Amax": WrittenRule(
        "the largest takes the gradient, equal ones share it",
        ("spread(g) * (x == spread(y)) / spread_count(x == spread(y))",),
        {"x": "self", "y": "result"},
        ("g where x is the largest, 0 elsewhere",),
    ),
    "Var": WrittenRule(
        "∂var(x) = 2*(x - mean(x))/(n - 1)",
        ("g * 2*(x - mean(x))/(count_in - 1)",),
        _X,
        ("g * 2*(x - mean(x))/(n-1)",),
    ),
    "Std": WrittenRule(
        "∂std(x) = (x - mean(x))/((n - 1)*y)",
        ("g * (x - mean(x))/((count_in - 1)*y)",),
        {"x": "self", "y": "result"},
        ("g * (x - mean(x))/((n-1)*y)",),
    ),
    "LinalgVectorNorm": WrittenRule("∂‖x‖ = x/‖x‖ = x/y", ("g * x / y",), {"x": "self", "y": "result"}),
    "Logsumexp": WrittenRule(
        "∂ln(Σexp(x)) = softmax(x)",
        ("spread(g) * exp(x - spread(y))",),
        {"x": "self", "y": "result"},
        ("g * softmax(x)",),
    ),
    "Cumsum": WrittenRule("y = the sums so far", ("flip(cumsum(flip(g)))",), {}, ("g summed from the end",)),
}

_SAME = "g in the shape of x"
SHAPES = {
    "T": WrittenRule("y = xᵀ", ("gᵀ",)),
    "Transpose": WrittenRule("y = x, two dimensions swapped", ("swap(g)",), {}, ("g, swapped back",)),
    "Permute": WrittenRule(
        "y = x, dimensions in another order", ("unpermute(g)",), {}, ("g, put back in order",)
    ),
    "Expand": WrittenRule("y = x repeated", ("fold(g)",), {}, ("g summed over the repeats",)),
    "Clone": WrittenRule("y = a copy of x", ("g",)),
    "ToCopy": WrittenRule("y = x in another dtype or place", ("g",), {}, ("g in x's own dtype",)),
    "Cat": WrittenRule("y = the inputs side by side", ("piece(g)",), {}, ("its own piece of g",)),
    "Stack": WrittenRule("y = the inputs stacked", ("piece(g)",), {}, ("its own piece of g",)),
    "Select": WrittenRule("y = one entry of x", ("place(g)",), {}, ("g at that entry, 0 elsewhere",)),
    "Slice": WrittenRule("y = some entries of x", ("place(g)",), {}, _PLACED),
    "Index": WrittenRule("y = the entries that the index picks", ("place(g)",), {}, _PLACED),
    "Gather": WrittenRule("y = the entries that the index picks", ("place(g)",), {}, _PLACED),
    "IndexSelect": WrittenRule("y = the entries that the index picks", ("place(g)",), {}, _PLACED),
    "MaxDim": WrittenRule("y = the largest along one dimension", ("place(g)",), {}, _PLACED),
    "Flip": WrittenRule("y = x in reverse order", ("unflip(g)",), {}, ("g in reverse order",)),
    "Where": WrittenRule(
        "y = a where the condition holds, else b",
        ("g * c", "g * (c == 0)"),
        {"c": "condition"},
        ("g where the condition holds, else 0", "g where it does not hold, else 0"),
    ),
    "MaskedFill": WrittenRule(
        "y = x, filled where the mask is set",
        ("g * (m == 0)",),
        {"m": "mask"},
        ("g where it is not set",),
    ),
    **{
        name: WrittenRule("y = x in another shape", ("reshape(g)",), {}, (_SAME,))
        for name in ("View", "UnsafeView", "ReshapeAlias", "Unsqueeze", "Squeeze", "Alias")
    },
}

LOSSES = {
    "MseLoss": WrittenRule(
        "∂(x - t)**2 = 2*(x - t), by the mean /n",
        ("g * 2*(x - t) / mean_n", "-g * 2*(x - t) / mean_n"),
        _XT,
        ("g * 2*(x - t) / n", "-g * 2*(x - t) / n"),
    ),
    "BinaryCrossEntropy": WrittenRule(
        "∂(-t*ln(x) - (1-t)*ln(1-x)) = (x - t)/(x*(1 - x)), by the mean /n",
        ("g * (x - t)/(x*(1 - x)) / mean_n",),
        _XT,
        ("g * (x - t)/(x*(1 - x)) / n",),
    ),
    "BinaryCrossEntropyWithLogits": WrittenRule(
        "∂ = σ(x) - t, by the mean /n",
        ("g * (σ(x) - t) / mean_n",),
        _XT,
        ("g * (σ(x) - t) / n",),
    ),
    "NllLoss": WrittenRule(
        "-1 at the right class, by the mean /n",
        ("nll(g)",),
        {"t": "target"},
        ("-g / n at the right class, 0 elsewhere",),
    ),
    "Softmax": WrittenRule("∂softmax: y*(g - Σ g*y)", ("y*(g - total(g*y))",), _Y, ("y*(g - Σ g*y)",)),
    "LogSoftmax": WrittenRule(
        "∂ln softmax(x): g - softmax(x)*Σg", ("g - exp(y)*total(g)",), _Y, ("g - exp(y)*Σg",)
    ),
}

_NORMED = ("(ĝ - mean(ĝ) - x̂*mean(ĝ*x̂))/std", "total(g*x̂)", "total(g)")
_NORMED_SHOWN = (
    "(ĝ - mean(ĝ) - x̂*mean(ĝ*x̂))/std, ĝ = g*weight, x̂ = (x - mean)/std",
    "Σ g*x̂ over the {0}",
    "Σ g over the {0}",
)


def _norm(text: str, over: str) -> WrittenRule:
    """The rule of a layer that normalizes with its own mean and deviation."""
    return WrittenRule(text, _NORMED, {}, tuple(shown.format(over) for shown in _NORMED_SHOWN))


LAYERS = {
    "NativeLayerNorm": _norm("y = (x - mean)/std*weight + bias, row by row", "rows"),
    "NativeGroupNorm": _norm("y = (x - mean)/std*weight + bias, per group of channels", "batch and places"),
    "NativeBatchNorm": _norm("y = (x - mean)/std*weight + bias, per channel", "batch and places"),
    "NativeBatchNormEval": WrittenRule(
        "y = (x - running mean)/running std*weight + bias",
        ("ĝ/std", "total(g*x̂)", "total(g)"),
        {},
        ("g*weight/running std", "Σ g*x̂ over batch and places", "Σ g over batch and places"),
    ),
    "Convolution": WrittenRule(
        "y = x ⋆ weight + bias",
        ("conv_x(g)", "conv_weight(g)", "total(g)"),
        {},
        ("g spread back through the weights", "x ⋆ g, summed over the batch", "Σ g over batch and places"),
    ),
    "MaxPool2DWithIndices": WrittenRule(
        "y = the largest of each window", ("pool_place(g)",), {}, ("g at that largest one, 0 elsewhere",)
    ),
    "AvgPool2D": WrittenRule(
        "y = the mean of each window", ("pool_spread(g)",), {}, ("g / window size, over each window",)
    ),
    "AdaptiveAvgPool2D": WrittenRule(
        "y = the mean of each window", ("pool_spread(g)",), {}, ("g / window size, over each window",)
    ),
    "Embedding": WrittenRule(
        "y = the rows that the indices pick", ("rows(g)",), {}, ("g added into those rows, 0 elsewhere",)
    ),
    "NativeDropout": WrittenRule("y = x*mask/(1 - p)", ("g*m/(1 - p)",), {"m": "result1", "p": "p"}),
}

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
    return WrittenRule(school.text.replace(", by the mean /n", ""), edges, school.letters, shown)


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
