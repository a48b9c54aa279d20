"""A class label or an index lies outside of what it points into.

Evidence: the exception that ended the program, and what the operation had been given. Legal twins raise nothing:
`ignore_index`. Source: `torch.nn.CrossEntropyLoss`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tutor_tui.findings.failures import expression, failed, failure_like
from tutor_tui.protocol.messages import Finding
from tutor_tui.trace.record.trace import Trace

LEVEL = "mistake"
PATTERN = r"Target -?\d+ is out of bounds|index out of range in self|is out of bounds for dimension|device-side assert"


def find(trace: Trace) -> Iterator[Finding]:
    """At the expression that failed."""
    failure = failure_like(trace, PATTERN)
    if failure is None:
        return
    yield from failed(
        trace,
        failure,
        f"{expression(trace, failure)} met a label or an index that is out of range: {failure.message}",
        "Of n classes, or of a table of n rows, the numbers run from 0 to n - 1.",
        "Let the labels begin at 0, and give the last layer, or the embedding, as many rows as there are classes.",
    )
