"""Gradients were asked for of a tensor of whole numbers or booleans.

Evidence: the exception that ended the program. Legal twins raise nothing: floating-point and complex tensors.
Source: `torch.Tensor.requires_grad_`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tutor_tui.findings.failures import expression, failed, failure_like
from tutor_tui.protocol.messages import Finding
from tutor_tui.trace.record.trace import Trace

LEVEL = "mistake"
PATTERN = r"[Oo]nly Tensors of floating point (?:and complex )?dtype can require gradients"


def find(trace: Trace) -> Iterator[Finding]:
    """At the expression that failed."""
    failure = failure_like(trace, PATTERN)
    if failure is None:
        return
    yield from failed(
        trace,
        failure,
        f"{expression(trace, failure)} asks for gradients of whole numbers.",
        "A gradient needs arbitrarily small changes; whole numbers and booleans have none.",
        "Write the numbers with a decimal point, or give dtype=torch.float32.",
    )
