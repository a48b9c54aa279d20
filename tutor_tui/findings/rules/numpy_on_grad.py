"""`.numpy()` was called on a tensor that is tracked.

Evidence: the exception that ended the program. Legal twins raise nothing: after `.detach()`, or under
`torch.no_grad()` on a result. Source: `torch.Tensor.numpy`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tutor_tui.findings.failures import expression, failed, failure_like
from tutor_tui.protocol.messages import Finding
from tutor_tui.trace.record.trace import Trace

LEVEL = "mistake"
PATTERN = r"Can't call numpy\(\) on Tensor that requires grad"


def find(trace: Trace) -> Iterator[Finding]:
    """At the expression that failed."""
    failure = failure_like(trace, PATTERN)
    if failure is None:
        return
    yield from failed(
        trace,
        failure,
        f"{expression(trace, failure)} makes an array of a tensor that PyTorch tracks.",
        "An array cannot carry the record that gradients need.",
        "Write .detach().numpy(), and .cpu() between the two for a tensor on a GPU; .item() for a single number.",
    )
