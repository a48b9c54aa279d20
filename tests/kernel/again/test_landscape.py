"""The loss over other values of its parameters, computed by a second run of the program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Kernel
from tutor_tui.protocol.messages import Axis, Sampled
from tutor_tui.trace.look.landscape import axes, entries, named, places, same_data
from tutor_tui.trace.record.trace import Trace

Program = Callable[[str], Path]

VALLEY = """\
import torch
w = torch.tensor(0.0, requires_grad=True)
for step in range(3):
    loss = (w - 3)**2
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad.zero_()
    open({kept!r}, "a").write(f"{w.item()} ")
"""
LINE = """\
import torch
torch.manual_seed(1)
layer = torch.nn.Linear(1, 1)
x = torch.randn(8, 1)
for step in range(3):
    batch = x[step:step + 2]
    loss = ((layer(batch) - 2 * batch) ** 2).mean()
    layer.zero_grad()
    loss.backward()
    with torch.no_grad():
        for p in layer.parameters():
            p -= 0.1 * p.grad
"""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    def write(text: str) -> Path:
        path = tmp_path / "program.py"
        path.write_text(text)
        return path

    return write


def over(kernel: Kernel, path: Path, trace: Trace, iteration: int, *names: str) -> Sampled:
    chosen = named(trace, iteration, ", ".join(names))
    way = places(trace, chosen, trace.moment(len(trace) - 1))
    return kernel.sample(path, iteration, axes(chosen, way))


def test_it_is_the_programs_own_formula(kernel: Kernel, program: Program, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    path = program(VALLEY.replace("{kept!r}", repr(str(kept))))
    trace = kernel.run(path)
    written = kept.read_text()
    found = over(kernel, path, trace, 2, "w")
    (axis,) = found.axes
    step = (axis.high - axis.low) / (axis.points - 1)
    expected = [(axis.low + n * step - 3) ** 2 for n in range(axis.points)]
    assert found.values == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert axis.low < 0
    assert axis.high > 1.08
    assert kept.read_text().startswith(written)  # it ran again up to there, as every second run does


def test_the_way_is_what_was_recorded(kernel: Kernel, program: Program) -> None:
    trace = kernel.run(program(VALLEY.replace("{kept!r}", "'/dev/null'")))
    chosen = named(trace, 1, "w")
    way = places(trace, chosen, trace.moment(len(trace) - 1))
    assert [(p.iteration, p.at[0], p.loss, p.slopes[0]) for p in way] == [
        (1, 0.0, 9.0, -6.0),
        (2, pytest.approx(0.6), pytest.approx(5.76), pytest.approx(-4.8)),
        (3, pytest.approx(1.08), pytest.approx(3.6864), pytest.approx(-3.84)),
    ]
    assert places(trace, chosen, trace.steps[trace.losses[0]].seq)[0].slopes == (None,)  # not come back yet


def test_two_numbers_and_the_data_of_their_own_pass(kernel: Kernel, program: Program) -> None:
    path = program(LINE)
    trace = kernel.run(path)
    assert [e.name for e in entries(trace, 1)] == ["layer.weight[0, 0]", "layer.bias[0]"]
    found = over(kernel, path, trace, 2, "layer.weight", "layer.bias")
    assert len(found.values) == found.axes[0].points * found.axes[1].points
    # at the recorded point itself the loss of pass 2 comes out, and not that of pass 1
    chosen = named(trace, 2, "layer.weight, layer.bias")
    first, second, _ = places(trace, chosen, trace.moment(len(trace) - 1))
    at = [Axis(e.tensor, e.place, e.name, v, v + 1.0, 2) for e, v in zip(chosen, second.at, strict=True)]
    (here, *_) = kernel.sample(path, 2, at).values
    assert here == pytest.approx(second.loss, rel=1e-5)
    assert here != pytest.approx(first.loss, rel=1e-2)


def test_a_pass_with_other_data_is_told_apart(kernel: Kernel, program: Program) -> None:
    path = program(LINE)
    trace = kernel.run(path)
    found = over(kernel, path, trace, 1, "layer.weight")
    way = places(trace, named(trace, 1, "layer.weight"), trace.moment(len(trace) - 1))
    assert same_data(found, way[0])
    assert not same_data(found, way[2])


def test_what_takes_long_is_computed_at_fewer_points(kernel: Kernel, program: Program) -> None:
    slow = "import torch\nw = torch.tensor(1., requires_grad=True)\nm = torch.ones(700, 700)\nx = m * w\n"
    path = program(slow + "for _ in range(5):\n    x = x @ m / 700\nx.mean().backward()\n")
    trace = kernel.run(path)
    (axis,) = axes(named(trace, 1, "w"), places(trace, named(trace, 1, "w"), 10**9))
    found = kernel.sample(path, 1, [axis], seconds=0.2)
    assert 9 <= found.axes[0].points < axis.points
    assert len(found.values) == found.axes[0].points


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("v", "depends on no v. It depends on: w."),
        ("w, w, w", "Name one or two numbers"),
    ],
)
def test_a_name_that_is_none_is_answered(kernel: Kernel, program: Program, asked: str, said: str) -> None:
    trace = kernel.run(program(VALLEY.replace("{kept!r}", "'/dev/null'")))
    with pytest.raises(ValueError, match=said):
        named(trace, 1, asked)


def test_what_cannot_be_sampled_says_why(kernel: Kernel, program: Program) -> None:
    path = program(VALLEY.replace("{kept!r}", "'/dev/null'"))
    axis = Axis(1, 0, "w", 0.0, 1.0, 3)
    kernel.run(path)
    assert "did not get there" in kernel.sample(path, 99, [axis]).error
    assert "does not depend on q" in kernel.sample(path, 1, [Axis(12345, 0, "q", 0.0, 1.0, 3)]).error
    assert kernel.sample(path, 1, [Axis(1, 7, "w[7]", 0.0, 1.0, 3)]).error
