"""Which function of torch a step is about."""

from __future__ import annotations

from tutor_tui.protocol.messages import Backward, Line, Op
from tutor_tui.trace.record.trace import Trace


def function_at(trace: Trace, index: int) -> str:
    """Its public name, as `torch.Tensor.sum`; of a line that is about to run, that of its first operation; else ""."""
    if not len(trace):
        return ""
    step = trace.main(index)
    if isinstance(step, Backward):
        op = trace.nodes.op(step.node)
        return op.api if op is not None else ""
    if isinstance(step, Line):
        following = index + 1
        while following < len(trace) and not isinstance(trace.main(following), (Op, Line)):
            following += 1
        step = trace.main(following) if following < len(trace) else step
    return step.api if isinstance(step, Op) else ""
