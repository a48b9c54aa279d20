"""Backward passes that send several losses at once."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import steps
from tutor_tui.protocol.messages import Bind
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
