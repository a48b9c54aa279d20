"""A leaf that requires gradients was changed in place while PyTorch was recording.

Evidence: the exception that ended the program. Legal twins raise nothing: the same under `torch.no_grad()`, and
through an optimizer. Source: the autograd notes on in-place operations.
"""

from __future__ import annotations

from collections.abc import Iterator

from tutor_tui.findings.failures import expression, failed, failure_like
from tutor_tui.protocol.messages import Finding
from tutor_tui.trace.record.trace import Trace

LEVEL = "mistake"
PATTERN = r"leaf Variable that requires grad|view of a leaf"


def find(trace: Trace) -> Iterator[Finding]:
    """At the expression that failed."""
    failure = failure_like(trace, PATTERN)
    if failure is None:
        return
    yield from failed(
        trace,
        failure,
        f"{expression(trace, failure)} changes a leaf that requires gradients in place, while operations are "
        f"being recorded.",
        "The old value of a leaf would be lost to the graph, so PyTorch refuses.",
        "Put the update under `with torch.no_grad():`, or let an optimizer make it.",
    )
