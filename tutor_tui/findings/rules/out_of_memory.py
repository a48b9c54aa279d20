"""There was not enough memory for a tensor.

Evidence: the exception that ended the program. Source: `torch.cuda.OutOfMemoryError`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tutor_tui.findings.failures import expression, failed, failure_like
from tutor_tui.protocol.messages import Finding
from tutor_tui.trace.record.trace import Trace

LEVEL = "mistake"
PATTERN = r"out of memory|can't allocate memory|Cannot allocate memory"


def find(trace: Trace) -> Iterator[Finding]:
    """At the expression that failed."""
    failure = failure_like(trace, PATTERN)
    if failure is None:
        return
    yield from failed(
        trace,
        failure,
        f"{expression(trace, failure)} needed more memory than there is: {failure.message}",
        "Every tensor in a graph stays alive until its graph does not.",
        "Use a smaller batch, keep loss.item() instead of loss, and evaluate under torch.no_grad().",
    )
