"""Rules of losses and layers."""

from __future__ import annotations

from tutor_tui.kernel.rules.rule import XT, WrittenRule, Y

LOSSES = {
    "MseLoss": WrittenRule(
        "∂(x - t)**2 = 2*(x - t), divided by n for the mean",
        ("g * 2*(x - t) / mean_n", "-g * 2*(x - t) / mean_n"),
        XT,
        ("g * 2*(x - t) / n", "-g * 2*(x - t) / n"),
    ),
    "BinaryCrossEntropy": WrittenRule(
        "∂(-t*ln(x) - (1-t)*ln(1-x)) = (x - t)/(x*(1 - x)), divided by n for the mean",
        ("g * (x - t)/(x*(1 - x)) / mean_n",),
        XT,
        ("g * (x - t)/(x*(1 - x)) / n",),
    ),
    "BinaryCrossEntropyWithLogits": WrittenRule(
        "∂ = σ(x) - t, divided by n for the mean",
        ("g * (σ(x) - t) / mean_n",),
        XT,
        ("g * (σ(x) - t) / n",),
    ),
    "NllLoss": WrittenRule(
        "-1 at the right class, divided by n for the mean",
        ("nll(g)",),
        {"t": "target"},
        ("-g / n at the right class, 0 elsewhere",),
    ),
    "Softmax": WrittenRule("∂softmax: y*(g - Σ g*y)", ("y*(g - total(g*y))",), Y, ("y*(g - Σ g*y)",)),
    "LogSoftmax": WrittenRule(
        "∂ln softmax(x): g - softmax(x)*Σg", ("g - exp(y)*total(g)",), Y, ("g - exp(y)*Σg",)
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
    "NativeGroupNorm": _norm(
        "y = (x - mean)/std*weight + bias, per group of channels", "batch and positions"
    ),
    "NativeBatchNorm": _norm("y = (x - mean)/std*weight + bias, per channel", "batch and positions"),
    "NativeBatchNormEval": WrittenRule(
        "y = (x - running mean)/running std*weight + bias",
        ("ĝ/std", "total(g*x̂)", "total(g)"),
        {},
        ("g*weight/running std", "Σ g*x̂ over batch and positions", "Σ g over batch and positions"),
    ),
    "Convolution": WrittenRule(
        "y = x ⋆ weight + bias",
        ("conv_x(g)", "conv_weight(g)", "total(g)"),
        {},
        ("g spread back through the weights", "x ⋆ g, summed over the batch", "Σ g over batch and positions"),
    ),
    "MaxPool2DWithIndices": WrittenRule(
        "the largest of each window takes its gradient",
        ("pool_place(g)",),
        {},
        ("g at that largest one, 0 elsewhere",),
    ),
    "AvgPool2D": WrittenRule(
        "each window spreads its gradient evenly",
        ("pool_spread(g)",),
        {},
        ("g / window size, over each window",),
    ),
    "AdaptiveAvgPool2D": WrittenRule(
        "each window spreads its gradient evenly",
        ("pool_spread(g)",),
        {},
        ("g / window size, over each window",),
    ),
    "Embedding": WrittenRule(
        "the rows that the indices pick take the gradient",
        ("rows(g)",),
        {},
        ("g added into those rows, 0 elsewhere",),
    ),
    "NativeDropout": WrittenRule(
        "∂(x*mask/(1 - p)) = mask/(1 - p)", ("g*m/(1 - p)",), {"m": "result1", "p": "p"}
    ),
}
