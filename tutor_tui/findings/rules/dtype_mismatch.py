"""Tensors of different dtypes met in an operation that does not convert them.

Evidence: the exception that ended the program, and what the operation had been given. Legal twins raise nothing:
arithmetic converts by type promotion. Source: PyTorch's type promotion.
"""

from __future__ import annotations

from collections.abc import Iterator

from tutor_tui.findings.failures import expression, failed, failure_like
from tutor_tui.protocol.messages import Finding
from tutor_tui.trace.record.trace import Trace

LEVEL = "mistake"
PATTERN = (
    r"same dtype|expected scalar type|expected m1 and m2 to have|can't be cast"
    r"|Found dtype|not implemented for '(?:Long|Int|Bool)|expected .* but (?:found|got) "
)


def find(trace: Trace) -> Iterator[Finding]:
    """At the expression that failed."""
    failure = failure_like(trace, PATTERN)
    if failure is None:
        return
    yield from failed(
        trace,
        failure,
        f"{expression(trace, failure)} was given dtypes that do not go together: {failure.message}",
        "NumPy arrays are float64 and lists of whole numbers int64, while layers are float32; products do not convert.",
        "Convert one side, with .float() for data, .long() for class labels, or dtype= where the tensor is made.",
    )
