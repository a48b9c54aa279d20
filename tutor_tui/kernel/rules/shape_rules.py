"""Rules of what makes other shapes: matrix products, reductions, views."""

from __future__ import annotations

from tutor_tui.kernel.rules.rule import PLACED, N, WrittenRule, X

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
    "Mean": WrittenRule("∂mean(x) = 1/n for every element", ("spread(g) / n",), N, ("g / n",)),
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
        X,
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
    "Slice": WrittenRule("y = some entries of x", ("place(g)",), {}, PLACED),
    "Index": WrittenRule("y = the entries that the index picks", ("place(g)",), {}, PLACED),
    "Gather": WrittenRule("y = the entries that the index picks", ("place(g)",), {}, PLACED),
    "IndexSelect": WrittenRule("y = the entries that the index picks", ("place(g)",), {}, PLACED),
    "MaxDim": WrittenRule("y = the largest along one dimension", ("place(g)",), {}, PLACED),
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
