"""Rules of what makes other shapes: matrix products, reductions, views."""

from __future__ import annotations

from tutor_tui.kernel.rules.rule import PLACED, N, WrittenRule, X

MATRICES = {
    "Mm": WrittenRule("of A: g @ Bᵀ, of B: Aᵀ @ g", ("g @ Bᵀ", "Aᵀ @ g"), {"A": "self", "B": "mat2"}),
    "Bmm": WrittenRule(
        "of A: g @ Bᵀ, of B: Aᵀ @ g, matrix by matrix", ("g @ Bᵀ", "Aᵀ @ g"), {"A": "self", "B": "mat2"}
    ),
    "Addmm": WrittenRule(
        "of b: g, of A: g @ Bᵀ, of B: Aᵀ @ g",
        ("g", "g @ Bᵀ", "Aᵀ @ g"),
        {"A": "mat1", "B": "mat2"},
        ("g summed over the rows", "g @ Bᵀ", "Aᵀ @ g"),
    ),
    "Mv": WrittenRule(
        "of A: outer(g, v), of v: Aᵀ @ g", ("outer(g, v)", "Aᵀ @ g"), {"A": "self", "v": "vec"}
    ),
    "Dot": WrittenRule("∂(Σ a*b)/∂a = b, ∂(Σ a*b)/∂b = a", ("g * b", "g * a"), {"a": "self", "b": "tensor"}),
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
        "the largest takes the gradient; ties share it",
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
    "Cumsum": WrittenRule(
        "the gradient, summed from the end", ("flip(cumsum(flip(g)))",), {}, ("g summed from the end",)
    ),
}

_SAME = "g in the shape of x"
SHAPES = {
    "T": WrittenRule("the gradient, transposed", ("gᵀ",)),
    "Transpose": WrittenRule(
        "the gradient, with the two dimensions swapped back", ("swap(g)",), {}, ("g, swapped back",)
    ),
    "Permute": WrittenRule(
        "the gradient, with its dimensions put back in order",
        ("unpermute(g)",),
        {},
        ("g, put back in order",),
    ),
    "Expand": WrittenRule(
        "the gradient, summed over the repeats", ("fold(g)",), {}, ("g summed over the repeats",)
    ),
    "Clone": WrittenRule("the gradient, unchanged", ("g",)),
    "ToCopy": WrittenRule("the gradient, in the dtype and place of x", ("g",), {}, ("g in x's own dtype",)),
    "Cat": WrittenRule(
        "each input takes its own piece of the gradient", ("piece(g)",), {}, ("its own piece of g",)
    ),
    "Stack": WrittenRule(
        "each input takes its own piece of the gradient", ("piece(g)",), {}, ("its own piece of g",)
    ),
    "Select": WrittenRule(
        "the gradient at that entry, 0 elsewhere", ("place(g)",), {}, ("g at that entry, 0 elsewhere",)
    ),
    "Slice": WrittenRule("the gradient at those entries, 0 elsewhere", ("place(g)",), {}, PLACED),
    "Index": WrittenRule(
        "the gradient at the entries that the index picks, 0 elsewhere", ("place(g)",), {}, PLACED
    ),
    "Gather": WrittenRule(
        "the gradient at the entries that the index picks, 0 elsewhere", ("place(g)",), {}, PLACED
    ),
    "IndexSelect": WrittenRule(
        "the gradient at the entries that the index picks, 0 elsewhere", ("place(g)",), {}, PLACED
    ),
    "MaxDim": WrittenRule("the largest along the dimension takes the gradient", ("place(g)",), {}, PLACED),
    "Flip": WrittenRule("the gradient, in reverse order", ("unflip(g)",), {}, ("g in reverse order",)),
    "Where": WrittenRule(
        "a takes the gradient where the condition holds, b elsewhere",
        ("g * c", "g * (c == 0)"),
        {"c": "condition"},
        ("g where the condition holds, else 0", "g where it does not hold, else 0"),
    ),
    "MaskedFill": WrittenRule(
        "the gradient where the mask is not set, 0 elsewhere",
        ("g * (m == 0)",),
        {"m": "mask"},
        ("g where it is not set",),
    ),
    **{
        name: WrittenRule("the gradient, in the shape of x", ("reshape(g)",), {}, (_SAME,))
        for name in ("View", "UnsafeView", "ReshapeAlias", "Unsqueeze", "Squeeze", "Alias")
    },
}
