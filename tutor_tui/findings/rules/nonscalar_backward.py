"""`backward()` was called without an argument on a tensor of more than one number.

Evidence: the exception that ended the program. Legal twins raise nothing: a tensor of one number, and
`backward(gradient=…)`. Source: `torch.Tensor.backward`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tutor_tui.findings.failures import expression, failed, failure_like
from tutor_tui.protocol.messages import Finding
from tutor_tui.trace.record.trace import Trace

LEVEL = "mistake"
PATTERN = r"grad can be implicitly created only for scalar outputs"


def find(trace: Trace) -> Iterator[Finding]:
    """At the expression that failed."""
    failure = failure_like(trace, PATTERN)
    if failure is None:
        return
    yield from failed(
        trace,
        failure,
        f"{expression(trace, failure)} sends a tensor of several numbers backward, without saying how they "
        f"are weighted.",
        "A gradient is the slope of one number. For several, PyTorch needs a weight for each.",
        "Reduce first, with .mean() or .sum(), or pass gradient= a tensor of the same shape.",
    )
