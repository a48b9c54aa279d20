"""Gradients compared with finite differences, on request."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import SAMPLES, Kernel, steps
from tutor_tui.protocol.messages import Backward, Bind, Node

Program = Callable[[str], Path]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    def write(text: str) -> Path:
        path = tmp_path / "program.py"
        path.write_text(textwrap.dedent(text))
        return path

    return write


MLP = """
    import torch, torch.nn as nn
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Dropout(0.3), nn.Linear(8, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        x, t = torch.randn(5, 3), torch.tensor([0, 1, 1, 0, 1])
        loss = nn.functional.cross_entropy(model(x), t)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print("a step is done")
"""


@pytest.mark.parametrize("iteration", [1, 3])
def test_the_whole_loss_of_a_model_with_dropout_and_batch_norm(
    program: Program, kernel: Kernel, iteration: int
) -> None:
    path = program(MLP)
    trace = kernel.run(path)
    checked = kernel.check(path, iteration=iteration)
    assert checked.error == ""
    names = {b.tensor: b.name for b in steps(trace, Bind)}
    assert {names[i.tensor] for i in checked.inputs} == {
        f"model.{n}.{kind}" for n in (0, 1, 4) for kind in ("weight", "bias")
    }
    assert all(i.error < 1e-7 for i in checked.inputs), checked.inputs
    weight = next(i for i in checked.inputs if i.shape == (8, 3))
    assert weight.entries == 24
    assert 0 < weight.tried <= 24
    assert weight.analytic != 0


def test_the_nodes_of_a_sample_pass(kernel: Kernel) -> None:
    path = SAMPLES / "polynomial.py"
    trace = kernel.run(path)
    nodes = {s.id: s.name for s in steps(trace, Node)}
    ran = [s.node for s in steps(trace, Backward)][:6]
    assert len(ran) == 6
    for number in ran:
        checked = kernel.check(path, node=number)
        assert checked.error == "", nodes[number]
        assert checked.inputs
        assert all(i.error < 1e-5 * max(1, abs(i.analytic)) for i in checked.inputs), nodes[number]


def test_a_wrong_backward_of_the_programs_own_is_found(program: Program, kernel: Kernel) -> None:
    path = program(
        """
        import torch
        class Cube(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return x ** 3
            @staticmethod
            def backward(ctx, g):
                x, = ctx.saved_tensors
                return g * 2 * x ** 2          # should be 3
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = Cube.apply(x)
        loss = y.sum()
        loss.backward()
        """
    )
    trace = kernel.run(path)
    number = next(s.id for s in steps(trace, Node) if s.name == "CubeBackward")
    for checked in (kernel.check(path, node=number), kernel.check(path)):
        (difference,) = checked.inputs
        assert difference.index == (1,)
        assert difference.analytic / difference.numeric == pytest.approx(2 / 3, rel=1e-6)
    assert kernel.check(path, node=number).what == "Cube"


def test_what_is_detached_counts_as_constant(program: Program, kernel: Kernel) -> None:
    path = program(
        """
        import torch
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        with torch.no_grad():
            scale = w.norm()
            w += 1
        loss = (w * scale * w.detach()).sum()
        loss.backward()
        """
    )
    checked = kernel.check(path)
    (difference,) = checked.inputs
    assert difference.error < 1e-8
    assert difference.numeric == pytest.approx(5**0.5 * (difference.index[0] + 2), rel=1e-6)


def test_a_node_that_never_comes_and_a_leafs_node_say_so(program: Program, kernel: Kernel) -> None:
    path = program("import torch\nx = torch.ones(2, requires_grad=True)\ny = x * 2\ny.sum().backward()\n")
    assert "does not do the same on every run" in kernel.check(path, node=99).error
    trace = kernel.run(path)
    leaf = next(s.id for s in steps(trace, Node) if s.name == "AccumulateGrad")
    assert "only adds" in kernel.check(path, node=leaf).error


def test_a_check_leaves_the_run_that_is_shown_alone(program: Program, kernel: Kernel) -> None:
    path = program(MLP)
    trace = kernel.run(path)
    tensor = next(b.tensor for b in steps(trace, Bind) if b.name == "model.0.weight")
    before = kernel.inspect(tensor)
    kernel.check(path)
    assert kernel.inspect(tensor).values == before.values
    assert not kernel.complaints
