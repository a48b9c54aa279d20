"""A graph was sent backward a second time, after its saved values had been freed.

Evidence: the exception that ended the program; and the newest operation that stands in the graph of the last pass and
in that of an earlier one. Legal twins raise nothing: `retain_graph=True`, and graphs that save nothing. Source:
`torch.Tensor.backward`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence, code, place
from tutor_tui.findings.failures import expression, failed, failure_like
from tutor_tui.protocol.messages import Finding, Op

LEVEL = "mistake"
PATTERN = r"backward through the graph a second time"


def find(evidence: Evidence) -> Iterator[Finding]:
    """At the pass that failed."""
    trace = evidence.trace
    failure = failure_like(trace, PATTERN)
    if failure is None:
        return
    again = expression(trace, failure)
    message = f"{again} goes back through a graph whose saved values an earlier backward pass has freed."
    shared = _shared(evidence)
    at = place(trace, shared) if shared is not None else None
    if shared is not None and at is not None:
        message += f" Both passes go through {code(trace, shared.span) or shared.name} in line {at.line}."
    yield failed(
        trace,
        failure,
        message,
        "A backward pass frees what the graph has saved. A value that is carried from one iteration into the "
        "next, as a hidden state is, brings the old graph along.",
        "Cut the carried value off with .detach(), or add the losses and call backward() once; "
        "retain_graph=True keeps the graph if it is really meant.",
        steps=(shared.seq,) if shared is not None else (),
    )


def _shared(evidence: Evidence) -> Op | None:
    """The newest operation of the last pass that an earlier one went through."""
    losses = list(evidence.losses())
    nodes = evidence.trace.nodes
    last = losses[-1].iteration if losses else 0
    now = set[int]().union(*(evidence.behind(loss) for loss in losses if loss.iteration == last))
    before = set[int]().union(*(evidence.behind(loss) for loss in losses if loss.iteration != last))
    ops = [op for number in now & before if (op := nodes.op(number)) is not None]
    return max(ops, key=lambda op: op.seq, default=None)
