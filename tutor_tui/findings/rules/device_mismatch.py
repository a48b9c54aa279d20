"""Tensors on different devices met in one operation.

Evidence: the exception that ended the program, and what the operation had been given. Legal twins raise nothing: a
single number on the CPU may meet tensors on a GPU. Source: PyTorch's tensor attributes, `torch.device`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tutor_tui.findings.failures import expression, failed, failure_like
from tutor_tui.protocol.messages import Finding
from tutor_tui.trace.record.trace import Trace

LEVEL = "mistake"
PATTERN = r"on the same device|Expected all tensors|Input type .* and weight type .* should be the same"


def find(trace: Trace) -> Iterator[Finding]:
    """At the expression that failed."""
    failure = failure_like(trace, PATTERN)
    if failure is None:
        return
    yield from failed(
        trace,
        failure,
        f"{expression(trace, failure)} was given tensors on different devices: {failure.message}",
        "PyTorch never moves data between devices by itself.",
        "Move the model and the data to one device: model.to(device), and batch = batch.to(device) in the loop.",
    )
