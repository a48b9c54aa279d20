"""A graph was sent backward a second time, after its saved values had been freed.

Evidence: the exception that ended the program. Legal twins raise nothing: `retain_graph=True`, and graphs that save
nothing. Source: `torch.Tensor.backward`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tutor_tui.findings.failures import expression, failed, failure_like
from tutor_tui.protocol.messages import Finding
from tutor_tui.trace.record.trace import Trace

LEVEL = "mistake"
PATTERN = r"backward through the graph a second time"


def find(trace: Trace) -> Iterator[Finding]:
    """At the expression that failed."""
    failure = failure_like(trace, PATTERN)
    if failure is None:
        return
    yield from failed(
        trace,
        failure,
        f"{expression(trace, failure)} goes back through a graph whose saved values an earlier backward pass "
        f"has freed.",
        "A backward pass frees what the graph has saved. A value that is carried from one iteration into the "
        "next, as a hidden state is, brings the old graph along.",
        "Cut the carried value off with .detach(), or add the losses and call backward() once; "
        "retain_graph=True keeps the graph if it is really meant.",
    )
