"""Rules of what works element by element: arithmetic and functions."""

from __future__ import annotations

from tutor_tui.kernel.rules.rule import XY, WrittenRule, X, Y

ARITHMETIC = {
    "Add": WrittenRule("∂(a + b)/∂a = 1, ∂(a + b)/∂b = 1", ("g", "g")),
    "AddScaled": WrittenRule("∂(a + α*b)/∂a = 1, ∂(a + α*b)/∂b = α", ("g", "α * g"), {"α": "alpha"}),
    "Sub": WrittenRule("∂(a - b)/∂a = 1, ∂(a - b)/∂b = -1", ("g", "-g")),
    "SubScaled": WrittenRule("∂(a - α*b)/∂a = 1, ∂(a - α*b)/∂b = -α", ("g", "-α * g"), {"α": "alpha"}),
    "Rsub": WrittenRule("∂(c - x) = -1", ("-g",)),
    "Mul": WrittenRule("∂(x*y)/∂x = y, ∂(x*y)/∂y = x", ("g * y", "g * x"), XY),
    "Div": WrittenRule("∂(x/y)/∂x = 1/y, ∂(x/y)/∂y = -x/y**2", ("g / y", "-g * x / y**2"), XY),
    "Neg": WrittenRule("∂(-x) = -1", ("-g",)),
    "Reciprocal": WrittenRule("∂(1/x) = -1/x**2 = -y**2", ("-g * y**2",), Y),
    "Square": WrittenRule("∂(x**2) = 2*x", ("g * 2*x",), X),
    "Pow": WrittenRule("∂(x**n) = n*x**(n-1)", ("g * n*x**(n-1)",), {"x": "self", "n": "exponent"}),
    "PowTensor": WrittenRule(
        "∂(x**n)/∂x = n*x**(n-1), ∂(x**n)/∂n = x**n*ln(x)",
        ("g * n*x**(n-1)", "g * y*ln(x)"),
        {"x": "self", "n": "exponent", "y": "result"},
    ),
    "PowBase": WrittenRule("∂(a**x) = a**x*ln(a) = y*ln(a)", ("g * y*ln(a)",), {"a": "self", "y": "result"}),
    "Maximum": WrittenRule(
        "the larger one takes the gradient; ties get half each",
        ("g * ((x > y) + (x == y) / 2)", "g * ((x < y) + (x == y) / 2)"),
        XY,
    ),
    "Minimum": WrittenRule(
        "the smaller one takes the gradient; ties get half each",
        ("g * ((x < y) + (x == y) / 2)", "g * ((x > y) + (x == y) / 2)"),
        XY,
    ),
    "Lerp": WrittenRule(
        "∂(a + w*(b - a))/∂a = 1 - w, ∂(a + w*(b - a))/∂b = w", ("g * (1 - w)", "g * w"), {"w": "weight"}
    ),
    "Abs": WrittenRule("∂|x| = sign(x)", ("g * sign(x)",), X),
    "Clamp": WrittenRule(
        "1 inside the limits, 0 outside",
        ("g * ((x >= a) & (x <= b))",),
        {"x": "self", "a": "min", "b": "max"},
    ),
}

FUNCTIONS = {
    "Exp": WrittenRule("∂exp(x) = exp(x) = y", ("g * y",), Y),
    "Expm1": WrittenRule("∂(exp(x) - 1) = exp(x) = y + 1", ("g * (y + 1)",), Y),
    "Log": WrittenRule("∂ln(x) = 1/x", ("g / x",), X),
    "Log1P": WrittenRule("∂ln(1 + x) = 1/(1 + x)", ("g / (1 + x)",), X),
    "Log2": WrittenRule("∂log2(x) = 1/(x*ln(2))", ("g / (x*ln(2))",), X),
    "Log10": WrittenRule("∂log10(x) = 1/(x*ln(10))", ("g / (x*ln(10))",), X),
    "Sqrt": WrittenRule("∂√x = 1/(2*√x) = 1/(2*y)", ("g / (2*y)",), Y),
    "Rsqrt": WrittenRule("∂(1/√x) = -y**3/2", ("-g * y**3 / 2",), Y),
    "Sin": WrittenRule("∂sin(x) = cos(x)", ("g * cos(x)",), X),
    "Cos": WrittenRule("∂cos(x) = -sin(x)", ("-g * sin(x)",), X),
    "Tan": WrittenRule("∂tan(x) = 1 + y**2", ("g * (1 + y**2)",), Y),
    "Asin": WrittenRule("∂asin(x) = 1/√(1 - x**2)", ("g / sqrt(1 - x**2)",), X),
    "Acos": WrittenRule("∂acos(x) = -1/√(1 - x**2)", ("-g / sqrt(1 - x**2)",), X),
    "Atan": WrittenRule("∂atan(x) = 1/(1 + x**2)", ("g / (1 + x**2)",), X),
    "Sinh": WrittenRule("∂sinh(x) = cosh(x)", ("g * cosh(x)",), X),
    "Cosh": WrittenRule("∂cosh(x) = sinh(x)", ("g * sinh(x)",), X),
    "Tanh": WrittenRule("∂tanh(x) = 1 - y**2", ("g * (1 - y**2)",), Y),
    "Erf": WrittenRule("∂erf(x) = 2/√π*exp(-x**2)", ("g * 2/sqrt(pi)*exp(-(x**2))",), X),
    "Sigmoid": WrittenRule("∂σ(x) = y*(1 - y), y = σ(x)", ("g * y*(1 - y)",), Y),
    "Relu": WrittenRule("1 where y > 0, else 0, y = relu(x)", ("g * (y > 0)",), Y),
    "LeakyRelu": WrittenRule(
        "1 where x > 0, else a", ("g * ((x > 0) + a*(x <= 0))",), {"x": "self", "a": "negative_slope"}
    ),
    "Silu": WrittenRule("∂(x*σ(x)) = σ(x)*(1 + x*(1 - σ(x)))", ("g * σ(x)*(1 + x*(1 - σ(x)))",), X),
    "Gelu": WrittenRule(
        "∂(x*Φ(x)) = Φ(x) + x*φ(x), Φ the normal distribution, φ its density", ("g * (Φ(x) + x*φ(x))",), X
    ),
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
