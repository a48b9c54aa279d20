"""Where a program turns gradient mode off."""

from __future__ import annotations

import re

from tutor_tui.findings.evidence import Evidence, whole_line
from tutor_tui.findings.source import no_grad_around
from tutor_tui.protocol.messages import Op, Span

_FOR_GOOD = re.compile(r"set_grad_enabled\((mode=)?False\)|(no_grad|inference_mode)\(\)\.__enter__\(")


def turned_off(evidence: Evidence, op: Op) -> Span | None:
    """The line that turned gradient mode off for an operation, where that is another function's, or a decorator.

    None where it is the `with` around the operation itself: there the operation is in the wrong place.
    """
    trace = evidence.trace
    for depth, line in enumerate(evidence.running(op)):
        found = no_grad_around(trace.sources.get(line.file, ""), line.line)
        if found is not None:
            number, decorates = found
            return whole_line(trace, line.file, number) if depth or decorates else None
    left_off = evidence.last_run(_FOR_GOOD, op.seq)
    return whole_line(trace, left_off.file, left_off.line) if left_off is not None else None
