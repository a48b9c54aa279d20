"""The rule shown for a node, evaluated, gives the gradient that the engine computed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import grad as gradients

from tutor_tui.kernel.probes.graph import saved
from tutor_tui.kernel.rules.rule_table import RULES, variant
from tutor_tui.protocol.messages import Backward
from tutor_tui.record import record

Function = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]

OPERATIONS: dict[str, Function] = {
    "add": lambda x, w: x + w,
    "add scaled": lambda x, w: torch.add(x, w, alpha=2.5),
    "sub": lambda x, w: x - w,
    "sub scaled": lambda x, w: torch.sub(x, w, alpha=2.5),
    "rsub": lambda x, w: 1 - x,
    "mul": lambda x, w: x * w,
    "mul by a number": lambda x, w: 3 * x,
    "div": lambda x, w: x / w,
    "neg": lambda x, w: -x,
    "reciprocal": lambda x, w: x.reciprocal(),
    "square": lambda x, w: x**2,
    "cube": lambda x, w: x**3,
    "pow": lambda x, w: x**w,
    "pow of a number": lambda x, w: 2.0**x,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
    "lerp": lambda x, w: torch.lerp(x, w, 0.3),
    "abs": lambda x, w: (x - 1).abs(),
    "clamp": lambda x, w: x.clamp(0.8, 1.6),
    "exp": lambda x, w: x.exp(),
    "expm1": lambda x, w: x.expm1(),
    "log": lambda x, w: x.log(),
    "log1p": lambda x, w: x.log1p(),
    "log2": lambda x, w: x.log2(),
    "log10": lambda x, w: x.log10(),
    "sqrt": lambda x, w: x.sqrt(),
    "rsqrt": lambda x, w: x.rsqrt(),
    "sin": lambda x, w: x.sin(),
    "cos": lambda x, w: x.cos(),
    "tan": lambda x, w: (x / 2).tan(),
    "asin": lambda x, w: (x / 3).asin(),
    "acos": lambda x, w: (x / 3).acos(),
    "atan": lambda x, w: x.atan(),
    "sinh": lambda x, w: x.sinh(),
    "cosh": lambda x, w: x.cosh(),
    "tanh": lambda x, w: x.tanh(),
    "erf": lambda x, w: x.erf(),
    "sigmoid": lambda x, w: x.sigmoid(),
    "relu": lambda x, w: (x - 1).relu(),
    "leaky_relu": lambda x, w: F.leaky_relu(x - 1),
    "silu": lambda x, w: F.silu(x),
    "gelu": lambda x, w: F.gelu(x),
    "softplus": lambda x, w: F.softplus(x),
    "mm": lambda x, w: x @ w.T,
    "addmm": lambda x, w: F.linear(x, w, w.detach()[:, 0].requires_grad_()),
    "bmm": lambda x, w: torch.bmm(x[None], w.T[None]),
    "mv": lambda x, w: x @ w[0],
    "dot": lambda x, w: x.flatten().dot(w.flatten()),
    "sum": lambda x, w: x.sum(),
    "sum of rows": lambda x, w: x.sum(1),
    "mean": lambda x, w: x.mean(),
    "mean of rows": lambda x, w: x.mean(1),
    "prod": lambda x, w: x.prod(),
    "max": lambda x, w: x.max(),
    "amax": lambda x, w: x.amax(1),
    "var": lambda x, w: x.var(),
    "std": lambda x, w: x.std(),
    "norm": lambda x, w: torch.linalg.vector_norm(x),
    "logsumexp": lambda x, w: x.logsumexp(1),
    "cumsum": lambda x, w: x.cumsum(0),
    "t": lambda x, w: x.t(),
    "transpose": lambda x, w: x.transpose(0, 1),
    "permute": lambda x, w: x.permute(1, 0),
    "expand": lambda x, w: x.expand(2, *x.shape),
    "clone": lambda x, w: x.clone(),
    "double": lambda x, w: x.float(),
    "view": lambda x, w: x.view(-1),
    "unsqueeze": lambda x, w: x.unsqueeze(0),
    "squeeze": lambda x, w: x[None].squeeze(0),
    "cat": lambda x, w: torch.cat([x, w]),
    "stack": lambda x, w: torch.stack([x, w]),
    "select": lambda x, w: x[0],
    "slice": lambda x, w: x[1:],
    "index": lambda x, w: x[torch.tensor([0, 1])],
    "gather": lambda x, w: x.gather(1, torch.zeros(len(x), 1, dtype=torch.long)),
    "where": lambda x, w: torch.where(x > 1, x, w),
    "masked_fill": lambda x, w: x.masked_fill(x > 1, 0.0),
    "mse": lambda x, w: F.mse_loss(x, w),
    "mse summed": lambda x, w: F.mse_loss(x, w, reduction="sum"),
    "mse unreduced": lambda x, w: F.mse_loss(x, w, reduction="none"),
    "bce": lambda x, w: F.binary_cross_entropy(x / 3, w.detach() / 3),
    "bce with logits": lambda x, w: F.binary_cross_entropy_with_logits(x, w.detach() / 3),
    "nll": lambda x, w: F.nll_loss(x, torch.zeros(len(x), dtype=torch.long)),
    "elu": lambda x, w: F.elu(x - 1),
    "hardtanh": lambda x, w: F.hardtanh(x),
    "index_select": lambda x, w: x.index_select(0, torch.tensor([0])),
    "max of rows": lambda x, w: x.max(1)[0],
    "flip": lambda x, w: x.flip(0),
    "layer_norm": lambda x, w: F.layer_norm(x, x.shape[1:], w[0], w[1]),
    "group_norm": lambda x, w: F.group_norm(x[None], 1, w[:, 0], w[:, 1]),
    "batch_norm": lambda x, w: F.batch_norm(x, None, None, w[0], w[1], training=True),
    "batch_norm in eval": lambda x, w: F.batch_norm(x, w[0].detach(), w[1].detach(), w[0], w[1]),
    "conv1d": lambda x, w: F.conv1d(x[None], w.T[:, :, None], w[0]),
    "conv2d": lambda x, w: F.conv2d(x[None, None], w[None, None, :2, :2], padding=1),
    "max_pool2d": lambda x, w: F.max_pool2d(x[None, None], 2),
    "avg_pool2d": lambda x, w: F.avg_pool2d(x[None, None], 2),
    "adaptive_avg_pool2d": lambda x, w: torch.ops.aten._adaptive_avg_pool2d(x[None, None], [1, 1]),
    "embedding": lambda x, w: F.embedding(torch.tensor([0, 1, 0]), x),
    "dropout": lambda x, w: torch.native_dropout(x, 0.4, True)[0],
    "softmax": lambda x, w: x.softmax(-1),
    "log_softmax": lambda x, w: x.log_softmax(-1),
}


class Meaning:
    """What the words of the formulas mean, for one node and one of its edges."""

    def __init__(self, node: Any, out: torch.Tensor, g: torch.Tensor, edge: int) -> None:
        self.node, self.values = node, dict(saved(node))
        self.out, self.g, self.edge = out, g, edge

    def names(self, letters: dict[str, str]) -> dict[str, Any]:
        found = {letter: self.values.get(name) for letter, name in letters.items()}
        return found | {
            "g": self.g, "pi": torch.tensor(math.pi), "exp": torch.exp, "cos": torch.cos, "sin": torch.sin,
            "cosh": torch.cosh, "sinh": torch.sinh, "sign": torch.sign, "outer": torch.outer, "ln": self.ln,
            "sqrt": torch.sqrt, "mean": torch.mean, "σ": torch.sigmoid,
            "cumsum": lambda t: t.cumsum(self.dim()), "flip": lambda t: t.flip(self.dim()),
            "total": lambda t: t.sum(self.dim(), keepdim=True),
            "Φ": lambda t: 0.5 * (1 + torch.erf(t / math.sqrt(2))),
            "reshape": lambda t: t.reshape(self.out.shape),
            "φ": lambda t: torch.exp(-(t**2) / 2) / math.sqrt(2 * math.pi), "spread": self.spread,
            "spread_count": lambda t: self.spread(t.sum(self.values.get("dim") or list(range(t.dim())))),
            "count_in": self.out.numel(), "count_out": self.g.numel(), "mean_n": self.out.numel(),
            "swap": lambda t: t.transpose(self.values["dim0"], self.values["dim1"]), "fold": lambda t: t,
            "unpermute": lambda t: t.permute(torch.argsort(torch.tensor(self.values["dims"])).tolist()),
            "piece": self.piece, "place": self.place, "nll": self.nll,
            "unflip": lambda t: t.flip(self.values["dims"]),
        } | self.layer()  # fmt: skip

    def layer(self) -> dict[str, Any]:
        """The words of norms, convolutions, pools and embeddings."""
        name = self.node.name()
        if "Norm" in name and "Linalg" not in name:
            return Norm(name, self.values, self.g, self.out).words()
        if name.startswith("Convolution"):
            return self.convolution()
        if "Pool" in name:
            return {"pool_place": self.pool_place, "pool_spread": self.pool_spread}
        if name.startswith("Embedding"):
            rows = torch.zeros_like(self.out)
            return {"rows": lambda t: rows.index_add(0, self.values["indices"], t)}
        return {}

    def convolution(self) -> dict[str, Any]:
        v, flat = self.values, self.values["input"].dim() == 3
        how = {"stride": v["stride"], "padding": v["padding"]}
        to_x = gradients.conv1d_input if flat else gradients.conv2d_input
        to_weight = gradients.conv1d_weight if flat else gradients.conv2d_weight
        return {
            "conv_x": lambda t: to_x(v["input"].shape, v["weight"], t, **how),
            "conv_weight": lambda t: to_weight(v["input"], v["weight"].shape, t, **how),
            "total": lambda t: t.sum([0, *range(2, t.dim())]),
        }

    def pool_place(self, t: torch.Tensor) -> torch.Tensor:
        found = torch.zeros_like(self.out).flatten(2)
        return found.scatter_add(2, self.values["result1"].flatten(2), t.flatten(2)).view_as(self.out)

    def pool_spread(self, t: torch.Tensor) -> torch.Tensor:
        size = self.values.get("kernel_size") or self.out.shape[2:]
        window = torch.ones(1, 1, *size, dtype=t.dtype) / math.prod(size)
        found = F.conv_transpose2d(t, window, stride=size)
        rest = [self.out.shape[3] - found.shape[3], self.out.shape[2] - found.shape[2]]
        return F.pad(found, (0, rest[0], 0, rest[1]))

    def dim(self) -> int:
        dim = self.values.get("dim", -1)
        dim = dim[0] if isinstance(dim, tuple) else dim
        return int(dim - (1 << 64) if dim >= 1 << 63 else dim)

    def ln(self, x: Any) -> torch.Tensor:
        return torch.log(torch.as_tensor(x, dtype=torch.float64))

    def spread(self, t: torch.Tensor) -> torch.Tensor:
        dims = self.values.get("dim")
        for dim in sorted(dims if isinstance(dims, tuple) else [] if dims is None else [dims]):
            t = t.unsqueeze(dim)
        return t.expand(self.out.shape)

    def piece(self, t: torch.Tensor) -> torch.Tensor:
        if t.dim() > self.out.dim():
            return t.select(self.values["dim"], self.edge)
        found: torch.Tensor = t.split(self.out.shape[0])[self.edge]
        return found

    def place(self, t: torch.Tensor) -> torch.Tensor:
        found, v = torch.zeros_like(self.out), self.values
        if "start" in v:
            found[v["start"] :] = t
        elif "keepdim" in v:
            found.scatter_(v["dim"], v["indices"].unsqueeze(v["dim"]), t.unsqueeze(v["dim"]))
        elif "indices" in v:
            found[v["indices"]] = t
        elif v["index"].__class__ is torch.Tensor and v["index"].dim() < found.dim():
            found.index_add_(v["dim"], v["index"], t)
        elif v["index"] is not None and isinstance(v["index"], torch.Tensor):
            found.scatter_(v["dim"], v["index"], t)
        else:
            found[v["index"]] = t
        return found

    def nll(self, t: torch.Tensor) -> torch.Tensor:
        found = torch.zeros_like(self.out)
        found[range(len(found)), self.values["target"]] = -t / len(found)
        return found


class Norm:
    """What the words of a normalization's formula mean: over which dimensions it runs."""

    def __init__(self, name: str, values: dict[str, Any], g: torch.Tensor, out: torch.Tensor) -> None:
        self.v, self.g = values, g
        self.x = values["input"]
        self.rows, self.groups = "LayerNorm" in name, "GroupNorm" in name
        self.shape = [-1] if self.rows else [1, -1, *[1] * (self.x.dim() - 2)]

    def blocks(self, t: torch.Tensor) -> torch.Tensor:
        """The tensor with everything that is normalized together in its last dimension."""
        if self.rows:
            return t
        if self.groups:
            return t.reshape(t.shape[0], self.v["group"], -1)
        return t.transpose(0, 1).flatten(1)

    def back(self, t: torch.Tensor) -> torch.Tensor:
        if self.rows or self.groups:
            return t.expand(self.blocks(self.x).shape).reshape(self.x.shape)
        moved = self.x.transpose(0, 1)
        return t.expand(moved.flatten(1).shape).reshape(moved.shape).transpose(0, 1)

    def words(self) -> dict[str, Any]:
        evaluating = self.v.get("training") is False
        mean = self.v["running_mean"] if evaluating else self.v["result1"]
        one = 1 / torch.sqrt(self.v["running_var"] + self.v["eps"]) if evaluating else self.v["result2"]
        if not self.rows:
            mean, one = mean.unsqueeze(-1), one.unsqueeze(-1)
        dims = list(range(self.x.dim() - 1)) if self.rows else [0, *range(2, self.x.dim())]
        return {
            "std": 1 / self.back(one),
            "x̂": (self.x - self.back(mean)) * self.back(one),
            "ĝ": self.g * self.v["weight"].reshape(self.shape),
            "mean": lambda t: self.back(self.blocks(t).mean(-1, keepdim=True)),
            "total": lambda t: t.sum(dims),
        }


def python(expression: str) -> str:
    """WrittenRule notation as Python: `Aᵀ` as `A.mT`."""
    return re.sub(r"(\w)ᵀ", r"\1.mT", expression)


def run(name: str, x: torch.Tensor, w: torch.Tensor) -> tuple[Any, Any, Backward, torch.Tensor]:
    """Record one operation and its backward pass: node, trace, the node's step, the gradient sent in."""
    with record(lines=False) as trace:
        y = OPERATIONS[name](x, w)
        g = torch.rand(y.shape, dtype=y.dtype) + 0.5
        y.backward(g, retain_graph=True)
    step = next(s for s in trace.steps if isinstance(s, Backward))
    return y.grad_fn, trace, step, g


def inputs(rows: int, columns: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    x = torch.rand(rows, columns, generator=generator, dtype=torch.float64) * 1.5 + 0.3
    w = torch.rand(rows, columns, generator=generator, dtype=torch.float64) * 1.5 + 0.3
    return x.requires_grad_(), w.requires_grad_()


@pytest.mark.parametrize("name", OPERATIONS)
@settings(max_examples=8, deadline=None)
@given(rows=st.integers(2, 4), columns=st.integers(2, 4), seed=st.integers(0, 10_000))
def test_the_expression_gives_the_gradient(name: str, rows: int, columns: int, seed: int) -> None:
    x, w = inputs(rows, columns, seed)
    node, _, step, g = run(name, x, w)
    rule = RULES[variant(node.name(), dict(saved(node)).get)]
    assert step.rule is not None
    for edge, preview in enumerate(step.grad_inputs):
        if preview is None:
            continue
        out = torch.tensor(preview.values, dtype=torch.float64)
        meaning = Meaning(node, out, g.double(), edge)
        found = eval(python(rule.expression(edge)), meaning.names(dict(rule.letters)))
        torch.testing.assert_close(found.sum_to_size(out.shape).double(), out, rtol=1e-5, atol=1e-7)


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(["mul", "div", "square", "cube", "exp", "log", "tanh", "sigmoid", "mean", "add"]),
    values=st.lists(st.floats(0.3, 3.0), min_size=1, max_size=3),
)
def test_the_numbers_that_are_shown_add_up(name: str, values: list[float]) -> None:
    x = torch.tensor(values, dtype=torch.float64, requires_grad=True)
    w = torch.tensor(values[::-1], dtype=torch.float64, requires_grad=True)
    _, _, step, _ = run(name, x, w)
    for text, out in zip(step.rule.edges, step.grad_inputs, strict=True):
        left, _, right = text.rpartition(" = ")
        shown = eval(shown_as_python(left or right), {"torch": torch})
        wanted = torch.tensor(out.values, dtype=torch.float64)
        torch.testing.assert_close(shown.expand(wanted.shape), wanted, rtol=1e-2, atol=1e-3)
        said = eval(shown_as_python(right), {"torch": torch})
        torch.testing.assert_close(said.expand(wanted.shape), wanted, rtol=1e-3, atol=1e-3)


_SMALL = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def shown_as_python(text: str) -> str:
    """The notation of the screen as Python over tensors."""
    text = re.sub(r"([⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "**" + m[1].translate(_SMALL), text)
    text = text.replace("·", "*").replace("^", "**")
    text = re.sub(r"\[[^\[\]]*\]", lambda m: f"torch.tensor({m[0]}, dtype=torch.float64)", text)
    return f"torch.as_tensor({text}, dtype=torch.float64)"


def test_every_rule_is_tried() -> None:
    tried = set()
    for name in OPERATIONS:
        x, w = inputs(2, 2, 0)
        y = OPERATIONS[name](x, w)
        tried.add(variant(y.grad_fn.name(), dict(saved(y.grad_fn)).get))
    unaveraged = {name for name in RULES if name.endswith("Unaveraged")}
    untried = set(RULES) - tried - unaveraged
    assert untried <= {"ReshapeAlias", "UnsafeView", "Alias"}


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda x: F.mse_loss(x, x.detach(), reduction="sum"), "∂(x - t)² = 2·(x - t)"),
        (lambda x: x**2, "∂(x²) = 2·x"),
        (lambda x: F.batch_norm(x, x[0].detach(), x[0].detach()), "y = (x - running mean)/running std"),
    ],
)
def test_an_option_changes_the_rule_of_large_tensors_too(function: Any, said: str) -> None:
    x = torch.rand(9, 8, requires_grad=True)
    with record(lines=False) as trace:
        y = function(x)
        y.backward(torch.ones_like(y))
    step = next(s for s in trace.steps if isinstance(s, Backward))
    assert step.rule.text.startswith(said)
    assert "mean" not in step.rule.text or "running" in step.rule.text


@pytest.mark.parametrize(
    "function",
    [lambda x: F.gelu(x, approximate="tanh"), lambda x: torch.linalg.vector_norm(x, 3)],
)
def test_an_option_whose_rule_is_not_ours_leaves_it_to_pytorch(function: Any) -> None:
    x = torch.rand(2, 2, requires_grad=True)
    with record(lines=False) as trace:
        function(x).sum().backward()
    steps = [s for s in trace.steps if isinstance(s, Backward)]
    assert steps[1].rule.source == "pytorch"


def test_a_node_without_a_rule_of_ours_shows_pytorchs_own() -> None:
    x = torch.tensor([0.1], requires_grad=True)
    with record(lines=False) as trace:
        x.erfinv().backward()
    step = next(s for s in trace.steps if isinstance(s, Backward))
    assert step.rule.source == "pytorch"
    assert "erfinv" in step.rule.text
