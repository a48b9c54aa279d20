"""Why a tensor's `.grad` is None."""

from __future__ import annotations

from tutor_tui.protocol.messages import Loss
from tutor_tui.trace.record.trace import Trace


def why_none(trace: Trace, number: int, moment: int) -> str:
    """The cause, in a few words; "" where there is a gradient or nothing is known of the tensor."""
    preview = trace.tensors.at(number, moment)
    if preview is None or trace.tensors.gradient(number, moment) is not None:
        return ""
    if not preview.requires_grad:
        return "does not require grad"
    if not preview.is_leaf:
        return "not a leaf, not retained"
    if trace.tensors.had_gradient(number, moment):
        return "cleared"
    passes = trace.passes.done(moment)
    if not passes:
        return "backward has not run"
    if not _leads_to(trace, moment, number):
        return "no backward pass reached it"
    return "not stored" if trace.lines.went_on(trace.losses[passes - 1], moment) else "on its way"


def _leads_to(trace: Trace, moment: int, number: int) -> bool:
    """Whether one of the tensors that were sent backward so far was computed from a leaf."""
    leaf = trace.nodes.leaf(number)
    steps = [trace.steps[seq] for seq in trace.passes.sent(moment, 2)]
    pending = [s.node for s in steps if isinstance(s, Loss) and s.node is not None]
    seen = set(pending)
    while pending:
        current = pending.pop()
        if current == leaf:
            return True
        node = trace.nodes.by_id.get(current)
        for edge in node.next if node is not None else ():
            if edge is not None and edge.node not in seen:
                seen.add(edge.node)
                pending.append(edge.node)
    return False
