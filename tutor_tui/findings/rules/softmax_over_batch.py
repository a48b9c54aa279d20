"""A softmax over the first dimension of a batch: probabilities that add up over samples, not over classes.

Evidence: the operation took two dimensions or more, of which the first has more than one entry, went over dimension
0, and its result went into a loss. Legal twins: attention over a set, and losses that compare all samples with each
other. Source: `torch.nn.functional.softmax`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence, code, told
from tutor_tui.protocol.messages import Finding
from tutor_tui.text.numbers import shape_text

LEVEL = "notice"
SOFTMAX = ("softmax", "log_softmax")


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each place."""
    seen: set[tuple[str, int]] = set()
    for op in evidence.ops:
        where = (op.span.file, op.span.line) if op.span is not None else ("", 0)
        if op.name not in SOFTMAX or op.node not in evidence.sent or not op.inputs or where in seen:
            continue
        shape = op.inputs[0].shape
        over_first = "dim=0" in op.arguments or op.arguments[1:2] == ["0"]
        if over_first and len(shape) == 2 and shape[0] > 1 and shape[1] > 1:
            seen.add(where)
            yield told(
                evidence.trace,
                op,
                f"{code(evidence.trace, op.span) or op.name} goes over dimension 0 of {shape_text(shape)}: its results "
                f"add up to 1 over the {shape[0]} rows, not within each of them.",
                "A batch has its samples along dimension 0. The scores of one sample stand in one row.",
                "Use dim=1, or dim=-1.",
                [],
            )
