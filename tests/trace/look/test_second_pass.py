"""What is shown from the second pass of a loop on, when the leaves live on and the graph is another."""

from __future__ import annotations

import pytest
import torch

from tests.conftest import steps
from tutor_tui.protocol.messages import Backward, Loss, Op
from tutor_tui.record import record
from tutor_tui.trace.look.tree import Shape, tree
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.story import story


@pytest.fixture(scope="module")
def trace() -> Trace:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
    x = torch.ones(4, 2)
    with record() as found:
        for _ in range(3):
            loss = model(x).sum()
            loss.backward()
    return found


@pytest.mark.parametrize("level", range(4))
@pytest.mark.parametrize("inputs_on_top", [False, True])
def test_every_node_has_its_row_in_every_shape(trace: Trace, level: int, inputs_on_top: bool) -> None:
    for seq in trace.losses:
        whole = tree(trace, seq).at
        drawn = tree(trace, seq, Shape(level=level, inputs_on_top=inputs_on_top))
        assert drawn.at.keys() == whole.keys()
        first = [row for row in drawn.rows if not row.again]
        assert len(first) + sum(row.hidden for row in first) == len(whole)


def test_folding_hides_and_counts_without_losing_any(trace: Trace) -> None:
    seq = trace.losses[1]
    root = tree(trace, seq).rows[1].node
    folded = tree(trace, seq, Shape(folded=frozenset({root})))
    assert sum(1 + row.hidden for row in folded.rows if not row.again) == len(tree(trace, seq).at)


def test_gradients_of_one_pass_are_not_in_the_graph_of_the_next(trace: Trace) -> None:
    forward = next(op for op in steps(trace, Op) if op.node is not None and op.seq > trace.losses[0])
    moment = trace.losses[1] - 1
    assert forward.seq <= moment
    for number in tree(trace, moment).at:
        assert trace.nodes.run(number, moment) is None
        assert trace.nodes.receipt(number, moment) is None
    assert any(trace.nodes.run(n, trace.losses[1] + 3) for n in tree(trace, moment).at)


def told(trace: Trace, name: str) -> str:
    return next(story(trace, trace.stop_of(op.seq)) for op in steps(trace, Op) if op.name == name)


def test_a_value_is_said_of_the_expression_only_if_it_is_its_value() -> None:
    with record() as found:
        layer = torch.nn.Linear(2, 2)
        total = sum(torch.ones(2).sum() * k for k in range(3))
        values = [k * layer.weight.sum() for k in range(2)]
        torch.nn.utils.clip_grad_norm_(layer.parameters(), 1.0)
    made = told(found, "empty")  # whose memory nobody has written to yet
    assert (
        "operations ran inside torch.nn.Linear(2, 2): empty, kaiming_uniform_, uniform_. The last, uni"
        in made
    )
    assert "empty gave" not in made
    assert "torch.nn.Linear(2, 2) =" not in made
    assert "torch.ones(2).sum() = 2" in told(found, "sum")
    assert "inside sum(" in told(found, "add")
    assert "k * layer.weight.sum() = 0" in next(
        story(found, found.stop_of(op.seq)) for op in steps(found, Op) if op.name == "mul" and op.node
    )
    assert total == 6
    assert len(values) == 2


def test_after_a_backward_of_the_programs_own_one_stands_where_backward_was_called() -> None:
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):  # type: ignore[no-untyped-def]
            return x * 2

        @staticmethod
        def backward(ctx, g):  # type: ignore[no-untyped-def]
            return g * 2

    x = torch.ones(2, requires_grad=True)
    with record() as found:
        y = Double.apply(x.exp()).sum()
        y.backward()
    (start,) = steps(found, Loss)
    last = steps(found, Backward)[-1]
    assert found.lines.at(last.seq).line == found.lines.at(start.seq).line
    assert "y" in found.naming.names(found.naming.scope(last.seq), last.seq)


def test_a_gradient_that_was_summed_over_a_broadcast_says_so() -> None:
    x, w = torch.ones(3, requires_grad=True), torch.tensor(2.0, requires_grad=True)
    with record() as found:
        (x * w).sum().backward()
    rule = next(s.rule for s in steps(found, Backward) if s.rule and "x·y" in s.rule.text)
    assert rule.edges == ("[1, 1, 1] · 2 = [2, 2, 2]", "Σ [1, 1, 1] · [1, 1, 1] = 3")
