"""Backward passes that send several losses at once."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import steps
from tutor_tui.protocol.messages import Bind, Op
from tutor_tui.trace.look.gradients import why_none
from tutor_tui.trace.record.trace import Trace

Record = Callable[..., Trace]


def test_several_losses_are_one_pass(record: Record) -> None:
    trace = record(
        """
        import torch
        a, b, c = (torch.tensor([n], requires_grad=True) for n in (1.0, 2.0, 3.0))
        for _ in range(3):
            torch.autograd.backward([a * 2, b * 2, c * 2])
        """
    )
    assert len(trace.losses) == 3
    assert [trace.passes.number(seq) for seq in trace.losses] == [1, 2, 3]
    assert trace.passes.done(trace.losses[0] + 2) == 1
    leaves = {s.name: s.tensor for s in steps(trace, Bind) if s.tensor}
    last_loss = trace.losses[0] + 2
    assert [why_none(trace, leaves[name], last_loss) for name in "abc"] == ["on its way"] * 3


def test_what_is_computed_for_a_print_begins_no_forward_pass(record: Record) -> None:
    trace = record(
        """
        import torch
        w = torch.ones(2, requires_grad=True)
        for _ in range(2):
            y = (w * 2).sum()
            y.backward(retain_graph=True)
            print((y * 100).item())
        """
    )
    began = [trace.sources.text(trace.steps[seq].span) for seq in trace.passes.forwards[:2]]
    assert began == ["w * 2", "w * 2"]


def test_an_average_of_weights_is_recorded(record: Record) -> None:
    trace = record(
        """
        import torch
        net = torch.nn.Linear(1, 1)
        average = torch.optim.swa_utils.AveragedModel(net)
        average.update_parameters(net)
        average.update_parameters(net)
        """
    )
    assert any("average.update_parameters" in trace.sources.text(op.span) for op in steps(trace, Op))
